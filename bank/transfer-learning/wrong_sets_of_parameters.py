# WA optimizers-take-the-groups
def prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr):
    in_head = {id(p) for p in getattr(model, head).parameters()}
    groups = [{"params": [], "lr": backbone_lr}, {"params": [], "lr": head_lr}]
    for name, parameter in model.named_parameters():
        is_head = id(parameter) in in_head
        trains = is_head or name.startswith(tuple(unfreeze))
        parameter.requires_grad_(trains)
        if trains:
            groups[is_head]["params"].append(parameter)
    return [{**group, "params": set(group["params"])} for group in groups]
