# WA dropout-masks-agree
import torch


class Checkpoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, block):
        ctx.block = block
        ctx.save_for_backward(x)
        y = block(x)
        ctx.random = torch.get_rng_state()
        return y

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        with torch.enable_grad(), torch.random.fork_rng():
            torch.set_rng_state(ctx.random)
            x = x.detach().requires_grad_(True)
            torch.autograd.backward(ctx.block(x), gradient)
        return x.grad, None


def checkpointed_forward(blocks, x):
    for block in blocks:
        x = Checkpoint.apply(x, block)
    return x
