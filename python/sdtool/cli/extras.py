"""Which extra brings a module that the base install lacks."""

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


def missing(module: str, command: str) -> str | None:
    """What to install for a command that lacks a module, as a sentence; None if no extra brings it."""
    package = module.partition(".")[0]
    extra = "generate" if package in SHARED and command in GENERATING else EXTRAS.get(package)
    if extra is None:
        return None
    return f"`{command}` needs {package}, which is not installed: pip install 'sdtool[{extra}]'"
