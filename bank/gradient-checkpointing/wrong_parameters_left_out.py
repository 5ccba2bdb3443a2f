# WA gradients-of-the-parameters
import torch


class Checkpoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, block):
        ctx.block, ctx.random = block, torch.get_rng_state()
        ctx.save_for_backward(x)
        return block(x)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        with torch.enable_grad(), torch.random.fork_rng():
            torch.set_rng_state(ctx.random)
            x = x.detach().requires_grad_(True)
            (d_x,) = torch.autograd.grad(ctx.block(x), x, gradient)
        return d_x, None


def checkpointed_forward(blocks, x):
    for block in blocks:
        x = Checkpoint.apply(x, block)
    return x
