# RE probabilities-in-a-column
import torch
import torch.nn.functional as F


def gan_losses(discriminator, generator, real, z):
    fake = generator(z)
    ones, zeros = torch.ones(len(real)), torch.zeros(len(real))

    on_real = discriminator(real)
    on_fake = discriminator(fake.detach())
    d_loss = F.binary_cross_entropy(on_real, ones)
    d_loss = d_loss + F.binary_cross_entropy(on_fake, zeros)

    verdict = discriminator(fake)
    g_loss = F.binary_cross_entropy(verdict, ones)
    return d_loss, g_loss
