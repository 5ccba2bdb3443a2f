def checkpointed_forward(blocks, x):
    """Run x through the modules in `blocks`, recomputing their insides in the backward pass."""
    raise NotImplementedError
