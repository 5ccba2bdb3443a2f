"""Loads into the zygote what honest submissions import, and runs once what loads lazily.

A locked child can open no file, so a module that is not loaded here cannot be imported there.
"""

import contextlib
import gc
import importlib
import sys
import warnings
from collections.abc import Iterable

TORCH = (
    "torch.nn.functional", "torch.nn.init", "torch.nn.utils.parametrize", "torch.nn.utils.prune",
    "torch.nn.utils.parametrizations", "torch.nn.utils.rnn", "torch.nn.attention", "torch.optim",
    "torch.optim.lr_scheduler", "torch.optim.swa_utils", "torch.utils.checkpoint",
    "torch.utils.data", "torch.func", "torch.autograd.functional", "torch.autograd.forward_ad",
    "torch.autograd.graph", "torch.amp", "torch.jit", "torch.fx", "torch.fft", "torch.linalg",
    "torch.special", "torch.distributions", "torch.ao.quantization", "torch.quantization",
    "torch.testing", "torch.profiler", "torch.backends", "torch.overrides", "torch.sparse",
    "torch.utils._python_dispatch", "torch.utils._pytree",
)  # fmt: skip
OTHERS = (
    "numpy", "numpy.random", "numpy.linalg", "numpy.fft", "numpy.testing", "numpy.typing",
    "numpy.ctypeslib", "numpy.polynomial", "numpy.ma", "numpy.lib.stride_tricks",
    "safetensors.torch", "collections.abc", "concurrent.futures", "importlib.metadata",
    "json.decoder", "logging.handlers", "unittest.mock", "xml.etree.ElementTree",
    "multiprocessing.pool", "encodings.idna", "py_landlock", "py_landlock.errors",
    "os.path", "typing_extensions",
)  # fmt: skip
# windows and Python's own tests and tools: of no use here, and some act when imported
SKIPPED = frozenset(
    {
        "antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo", "test", "lib2to3",
        "msilib", "ensurepip", "venv", "distutils", "pydoc_data", "nis", "ossaudiodev", "spwd",
        "crypt", "winreg", "winsound", "msvcrt", "nt",
    }
)  # fmt: skip


def load_modules() -> None:
    """Import everything on the lists and the standard library; what is absent is left out."""
    standard = sorted(n for n in sys.stdlib_module_names if n not in SKIPPED and n[0] != "_")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _load((*TORCH, *OTHERS, *standard))


def _load(names: Iterable[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError, RuntimeError, OSError, AttributeError):
            importlib.import_module(name)


def exercise() -> None:
    """Run once what imports or allocates on first use: backward, optimizers, transforms."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.utils.checkpoint import checkpoint

    model = nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.GELU(), nn.Dropout(), nn.Linear(8, 2)
    )
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        optimizer = kind(model.parameters(), lr=1e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
        torch.autograd.backward(F.cross_entropy(model(torch.randn(6, 4)), torch.randint(2, (6,))))
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    x = torch.randn(2, 3, 4, requires_grad=True)
    for reentrant in (True, False):
        torch.autograd.backward(checkpoint(model[0], x, use_reentrant=reentrant).sum())
    torch.autograd.backward(F.scaled_dot_product_attention(x, x, x).sum())
    torch.autograd.backward(nn.LSTM(4, 4, batch_first=True)(x)[0].sum())
    torch.autograd.backward(nn.Conv2d(1, 2, 3)(torch.randn(1, 1, 5, 5)).sum())
    torch.func.vmap(torch.func.grad(lambda v: (v**2).sum()))(torch.randn(3, 2))
    torch.linalg.svd(torch.randn(3, 3))
    torch.fft.fft(torch.randn(4))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        model(torch.randn(6, 4))
    repr(x), str(model)
    _send_every_kind()


def _send_every_kind() -> None:
    import torch

    from interviewer.sandbox import wire

    kinds = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64,
             torch.int64, torch.int32, torch.uint8, torch.bool)  # fmt: skip
    frame = wire.pack(bytes(16), [torch.zeros(2).to(kind) for kind in kinds])
    _, tree, _ = wire.unpack_header(frame[: wire.HEADER.size])
    body = frame[wire.HEADER.size :]
    wire.unpack(body[:tree], body[tree:])


def settle() -> None:
    """Collect garbage and move what is left out of the collector's sight: pages stay shared."""
    gc.collect()
    gc.freeze()
