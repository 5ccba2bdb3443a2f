class LossScaler:
    """A dynamic loss scaler, used as scale(loss).backward(), step(optimizer), update()."""

    def __init__(
        self, init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000
    ):
        self.scale_value = init_scale

    def scale(self, loss):
        raise NotImplementedError

    def step(self, optimizer):
        """Whether the optimizer stepped."""
        raise NotImplementedError

    def update(self):
        raise NotImplementedError
