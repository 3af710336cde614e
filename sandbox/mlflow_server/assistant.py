"""An assistant that drafts letters: traces, a prompt, a data set, files of other kinds.

As much of it as the installed MLflow knows: prompts since 2.21, feedback on traces since
3.2, data sets for evaluation since 3.4.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import mlflow
import pandas as pd
from mlflow import MlflowClient

EXPERIMENT = "claims-assistant"
RUN = "letter-draft-v2"
PROMPT = "claims-letter"
DATASET = "claims-letters-golden"
TEMPLATES = (
    "Write a short letter about claim {{claim}}.",
    "Write a short, friendly letter about claim {{claim}}. Say what happens next.",
)
QUESTIONS = (
    ("CL-2041", "windscreen", "Your windscreen is covered. Any of our workshops repairs it."),
    ("CL-2077", "theft", "Please send us the police report. We decide within ten days."),
    ("CL-2093", "water", ""),
)


def _policy(path: Path) -> None:
    """A PDF of two pages."""
    from matplotlib.backends.backend_pdf import PdfPages

    with PdfPages(path) as pages:
        for text in ("Policy for letters to customers", "Who signs a letter"):
            figure = plt.figure(figsize=(5.8, 8.3))
            figure.text(0.1, 0.9, text, fontsize=16)
            figure.text(0.1, 0.85, "Synthetic: no person is behind any line.", fontsize=9)
            pages.savefig(figure)
            plt.close(figure)


def _files() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _policy(folder / "policy.pdf")
        (folder / "README.md").write_text("# Letters\n\nDrafts, *never sent*.\n", "utf-8")
        (folder / "chart.svg").write_text(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40' width='240'>"
            "<rect width='80' height='30' y='5' fill='#4c78a8'/></svg>\n",
            "utf-8",
        )
        mlflow.log_artifacts(made)
    mlflow.log_table(
        pd.DataFrame(
            {
                "claim": [claim for claim, _kind, _text in QUESTIONS],
                "kind": [kind for _claim, kind, _text in QUESTIONS],
                "letter": [text for _claim, _kind, text in QUESTIONS],
            }
        ),
        "letters.json",
    )


def _draft(claim: str, kind: str, text: str) -> None:
    """One trace: a root with a look-up and a call of the model; without text it fails."""
    with mlflow.start_span(name="draft_letter", span_type="CHAIN") as root:
        root.set_inputs({"claim": claim, "kind": kind})
        mlflow.update_current_trace(tags={"kind": kind})
        with mlflow.start_span(name="find_claim", span_type="RETRIEVER") as span:
            span.set_inputs({"claim": claim})
            span.set_outputs([{"page_content": f"{claim}: {kind}", "metadata": {"page": 1}}])
        with mlflow.start_span(name="write", span_type="CHAT_MODEL") as span:
            messages = [{"role": "user", "content": TEMPLATES[1].replace("{{claim}}", claim)}]
            span.set_inputs({"messages": messages})
            if not text:
                raise TimeoutError("the model did not answer within 30 s")
            answer = {"role": "assistant", "content": text}
            span.set_outputs({"choices": [{"message": answer}]})
        root.set_outputs(text)


def _traces(client: MlflowClient, experiment_id: str) -> None:
    for claim, kind, text in QUESTIONS:
        try:
            _draft(claim, kind, text)
        except TimeoutError:
            # The trace with an error is what was wanted.
            continue
    mlflow.flush_trace_async_logging()
    if not hasattr(mlflow, "override_feedback"):
        return
    first = client.search_traces(experiment_ids=[experiment_id])[-1].info.trace_id
    mlflow.log_feedback(trace_id=first, name="friendly", value=True, rationale="Says thanks.")
    mlflow.log_expectation(trace_id=first, name="next_step", value="workshop")


def _prompt() -> None:
    # One name for it in both: `mlflow.genai` came with 3.0.
    genai = getattr(mlflow, "genai", None)
    register = genai.register_prompt if genai else mlflow.register_prompt
    alias = genai.set_prompt_alias if genai else mlflow.set_prompt_alias
    for number, template in enumerate(TEMPLATES, 1):
        register(name=PROMPT, template=template, commit_message=f"Draft {number}")
    alias(PROMPT, "production", len(TEMPLATES))


def _dataset(experiment_id: str) -> None:
    genai: Any = getattr(mlflow, "genai", None)
    if not hasattr(genai, "create_dataset"):
        return
    records = [
        {"inputs": {"claim": claim}, "expectations": {"kind": kind}}
        for claim, kind, _text in QUESTIONS
    ]
    genai.create_dataset(name=DATASET, experiment_id=experiment_id).merge_records(records)


def write(client: MlflowClient) -> None:
    """Log all of it through MLflow's own client; the tracking address is set."""
    note = {"mlflow.note.content": "Letters about claims, drafted by a language model."}
    experiment_id = str(client.create_experiment(EXPERIMENT, tags=note))
    mlflow.set_experiment(experiment_id=experiment_id)
    _traces(client, experiment_id)
    with mlflow.start_run(run_name=RUN, tags={"mlflow.user": "ds-042"}):
        mlflow.log_params({"temperature": 0.2, "prompt": PROMPT})
        mlflow.log_metrics({"letters": len(QUESTIONS), "friendly": 0.5})
        _files()
    _prompt()
    _dataset(experiment_id)
