def prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr):
    """Freeze all but the head and the parameters under the given prefixes.

    Returns parameter groups for an optimizer: head_lr for the head, backbone_lr for the rest.
    """
    raise NotImplementedError
