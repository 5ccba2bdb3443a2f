# WA head-and-prefixes-train
def prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr):
    for p in model.parameters():
        p.requires_grad = False
    for name, module in model.named_modules():
        if name and any(name.startswith(prefix) for prefix in unfreeze):
            for p in module.parameters():
                p.requires_grad = True
    if "" in unfreeze:
        for p in model.parameters():
            p.requires_grad = True
    top = list(getattr(model, head).parameters())
    for p in top:
        p.requires_grad = True
    ids = {id(p) for p in top}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in ids]
    return [{"params": rest, "lr": backbone_lr}, {"params": top, "lr": head_lr}]
