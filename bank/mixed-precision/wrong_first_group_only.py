# WA steps-with-the-true-gradients
import torch


class LossScaler:
    def __init__(
        self, init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000
    ):
        self.scale_value = init_scale
        self.growth_factor = growth_factor
        self.backoff_factor = backoff_factor
        self.growth_interval = growth_interval
        self.good_steps = 0
        self.skipped = False

    def scale(self, loss):
        return loss * self.scale_value

    def step(self, optimizer):
        params = optimizer.param_groups[0]["params"]
        grads = [p.grad for p in params if p.grad is not None]
        for grad in grads:
            grad.div_(self.scale_value)
        self.skipped = not all(torch.isfinite(grad).all() for grad in grads)
        if not self.skipped:
            optimizer.step()
        return not self.skipped

    def update(self):
        if self.skipped:
            self.scale_value *= self.backoff_factor
            self.good_steps = 0
            return
        self.good_steps += 1
        if self.good_steps == self.growth_interval:
            self.scale_value *= self.growth_factor
            self.good_steps = 0
