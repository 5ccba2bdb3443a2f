"""A process of its own that serves one GGUF file through llama.cpp (xllamacpp) on loopback.

Run as `python -m interviewer.models.llama_server FILE THREADS CONTEXT [ADAPTER]`; prints its
address on standard output and ends when standard input closes, that is when its parent is gone.
"""

import os
import sys

# before xllamacpp is imported: spinning OpenMP threads cost two thirds of the speed
os.environ["OMP_WAIT_POLICY"] = "passive"


def main() -> None:
    """Serves until standard input closes."""
    import xllamacpp  # the environment must be set first

    path, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(file, 1.0) for file in sys.argv[4:]]
    params.n_parallel = 2  # one slot keeps the judge's prefix while the other converses
    params.n_ctx = context * params.n_parallel
    # Each slot has memory of its own: where a token lies there changes the order of sums, and so
    # what is rounded; a shared one made the odds depend on what had been asked before.
    params.kv_unified = False
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 512
    # The kernels for repacked weights and flash attention round by the size of the batch: with them
    # a cached prefix changes the odds by up to 0.15, without them by nothing, at the same speed.
    params.no_extra_bufts = True
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.verbosity = 0
    params.port = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"address {server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    os._exit(0)  # the server's own threads would delay a normal exit


if __name__ == "__main__":
    main()
