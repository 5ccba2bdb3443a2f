# WA the-rest-is-frozen
def prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr):
    for child in model.children():
        child.requires_grad_(False)
    head_params = list(getattr(model, head).parameters())
    for p in head_params:
        p.requires_grad_(True)
    groups = [{"params": head_params, "lr": head_lr}]
    for name, p in model.named_parameters():
        if any(name.startswith(prefix) for prefix in unfreeze):
            p.requires_grad_(True)
    seen = {id(p) for p in head_params}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in seen]
    return [*groups, {"params": rest, "lr": backbone_lr}]
