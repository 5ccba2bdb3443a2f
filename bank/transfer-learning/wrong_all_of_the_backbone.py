# WA frozen-parameters-are-in-no-group
def prepare_for_fine_tuning(model, head, unfreeze, backbone_lr, head_lr):
    in_head = {id(p) for p in getattr(model, head).parameters()}
    groups = [{"params": [], "lr": backbone_lr}, {"params": [], "lr": head_lr}]
    for name, parameter in model.named_parameters():
        is_head = id(parameter) in in_head
        trains = is_head or name.startswith(tuple(unfreeze))
        parameter.requires_grad_(trains)
        groups[is_head]["params"].append(parameter)
    return [group for group in groups if group["params"]]
