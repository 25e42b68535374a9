"""What the YAML files of this folder name: lm-evaluation-harness loads functions from a file beside them."""

from sdtool.integrations.lm_eval import process_results, thinking_process_results

__all__ = ["process_results", "thinking_process_results"]
