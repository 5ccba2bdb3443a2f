# WA every-block-starts-twice
import torch


class FromTheStart(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, blocks, number, start):
        ctx.blocks, ctx.number, ctx.start = blocks, number, start
        return blocks[number](x)

    @staticmethod
    def backward(ctx, gradient):
        with torch.no_grad():
            x = ctx.start
            for block in ctx.blocks[: ctx.number]:
                x = block(x)
        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            torch.autograd.backward(ctx.blocks[ctx.number](x), gradient)
        return x.grad, None, None, None


def checkpointed_forward(blocks, x):
    start = x.detach()
    for number in range(len(blocks)):
        x = FromTheStart.apply(x, blocks, number, start)
    return x
