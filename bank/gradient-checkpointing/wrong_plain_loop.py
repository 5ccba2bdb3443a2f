# WA every-block-starts-twice
def checkpointed_forward(blocks, x):
    for block in blocks:
        x = block(x)
    return x
