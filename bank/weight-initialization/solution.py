from torch import nn


def init_weights(module: nn.Module) -> None:
    if not isinstance(module, (nn.Linear, nn.Conv2d)):
        return
    nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
    if module.bias is not None:
        nn.init.zeros_(module.bias)
