"""Which extra brings a module that this install lacks."""

from __future__ import annotations

# By module; what a report and a run both need goes by the command.
EXTRAS = {
    **dict.fromkeys(
        ("torch", "transformers", "accelerate", "datasets", "safetensors", "tqdm", "filelock"), "generate"
    ),
    **dict.fromkeys(("numpy", "pyarrow", "matplotlib", "jinja2", "latex2mathml"), "report"),
    "ray": "ray",
}
SHARED = ("numpy", "pyarrow")
GENERATING = ("generate", "data")


def missing(error: ImportError, command: str) -> str | None:
    """What to install for a command that could not import something; None if nobody knows."""
    if error.name == "sdtool._native":
        return str(error)  # which part it was built without
    if not isinstance(error, ModuleNotFoundError):
        return None
    package = (error.name or "").partition(".")[0]
    extra = "generate" if package in SHARED and command in GENERATING else EXTRAS.get(package)
    if extra is None:
        return None
    return f"`{command}` needs {package}, which is not installed: pip install 'sdtool[{extra}]'"
