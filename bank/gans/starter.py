import torch


def gan_losses(discriminator, generator, real, z):
    """Losses of one GAN step, as (d_loss, g_loss), for a caller that runs backward on each.

    discriminator(x) gives probabilities of being real, (B,) or (B, 1); generator(z) gives fakes.
    """
    raise NotImplementedError
