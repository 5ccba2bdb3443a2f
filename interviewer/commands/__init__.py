"""The command line's parts: each module adds one command's arguments and runs it."""
