#!/usr/bin/env python3
"""Training steps a second in plain PyTorch, for comparison with `cargo bench --bench train`.

Needs PyTorch alone. Each row trains on the running mean with batches of 32, Adam at 1e-4 and the
loss on all steps, on one thread; a step draws its batch. Printed is the median over ten blocks.

    python3 benches/pytorch_baseline.py
"""

import statistics
import time

import torch
from torch import nn

BATCH = 32
BLOCKS = 10


class LoopedRNN(nn.Module):
    """One layer as the course notebook writes it: h = tanh(W_x x + b + W_h h), step by step."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.x = nn.Linear(inputs, hidden)
        self.h = nn.Linear(hidden, hidden, bias=False)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], self.hidden)
        states = []
        for t in range(x.shape[1]):
            h = torch.tanh(self.x(x[:, t]) + self.h(h))
            states.append(h)
        return torch.stack(states, dim=1)


class LoopedLSTM(nn.Module):
    """The same for an LSTM, with the notebook's gates i, f, o, g."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.x = nn.Linear(inputs, 4 * hidden)
        self.h = nn.Linear(hidden, 4 * hidden, bias=False)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[0], self.hidden)
        states = []
        for t in range(x.shape[1]):
            i, f, o, g = (self.x(x[:, t]) + self.h(h)).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states, dim=1)


class Looped(nn.Module):
    def __init__(self, layer, hidden, layers):
        super().__init__()
        sizes = [1] + [hidden] * (layers - 1)
        self.layers = nn.ModuleList(layer(size, hidden) for size in sizes)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


class Fused(nn.Module):
    def __init__(self, layer, hidden, layers):
        super().__init__()
        self.rnn = layer(1, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


def steps_per_second(model, length):
    """The median over blocks that take about a third of a second each."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    divisor = torch.arange(1, length + 1).view(1, length, 1)

    def train(steps):
        start = time.perf_counter()
        for _ in range(steps):
            x = torch.randn(BATCH, length, 1)
            target = x.cumsum(dim=1) / divisor
            loss = nn.functional.mse_loss(model(x), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
        return steps / (time.perf_counter() - start)

    train(5)
    block = max(3, int(train(10) / 3))
    return statistics.median(train(block) for _ in range(BLOCKS))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(f"PyTorch {torch.__version__}, one thread, batch {BATCH}, Adam; steps a second")
    print(f"{'hidden':>6} {'T':>4}  {'network':<18} {'steps/s':>8}")
    loops = [("rnn", LoopedRNN), ("lstm", LoopedLSTM)]
    fused = [("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)]
    rows = [(32, 10, Looped, "loop", *cell) for cell in loops]
    for hidden, length in [(32, 10), (32, 100), (128, 10)]:
        rows += [(hidden, length, Fused, "fused", *cell) for cell in fused]
    for hidden, length, kind, word, name, layer in rows:
        for layers in [1, 2]:
            pace = steps_per_second(kind(layer, hidden, layers), length)
            print(f"{hidden:>6} {length:>4}  {f'{name}_{layers} {word}':<18} {pace:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
