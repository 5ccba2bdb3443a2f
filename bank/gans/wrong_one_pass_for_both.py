# WA backward-on-one-then-the-other
import torch
import torch.nn.functional as F


def gan_losses(discriminator, generator, real, z):
    fake = generator(z)

    on_real = discriminator(real)
    on_fake = discriminator(fake)
    d_loss = F.binary_cross_entropy(on_real, torch.ones_like(on_real))
    d_loss = d_loss + F.binary_cross_entropy(on_fake, torch.zeros_like(on_fake))

    verdict = on_fake
    g_loss = F.binary_cross_entropy(verdict, torch.ones_like(verdict))
    return d_loss, g_loss
