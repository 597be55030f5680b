#!/usr/bin/env python3
"""Training steps a second in plain PyTorch, for comparison with `cargo bench --bench train`.

Needs PyTorch alone. Each row trains on the running mean with batches of 32, Adam at 1e-4 and the
loss on all steps, on one thread; a step draws its batch. Printed is the median over ten blocks.

    python3 benches/pytorch_baseline.py
    python3 benches/pytorch_baseline.py tasks    # updates of the other tasks, as cargo bench has them
"""

import statistics
import sys
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


class Flattened(nn.Module):
    """A fused layer whose states of all steps one linear layer reads, as MNIST-1D has it."""

    def __init__(self, layer, hidden, length, classes):
        super().__init__()
        self.rnn = layer(1, hidden, batch_first=True)
        self.head = nn.Linear(length * hidden, classes)

    def forward(self, x):
        return self.head(self.rnn(x)[0].flatten(1))


class LastStep(nn.Module):
    """A fused layer of which the last state is read."""

    def __init__(self, layer, inputs, hidden, outputs):
        super().__init__()
        self.rnn = layer(inputs, hidden, batch_first=True)
        self.head = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def mnist1d(layer):
    """100 sequences of 40 points, ten classes, 10 units; the data is there, so none is drawn."""
    model = Flattened(layer, 10, 40, 10)
    x, target = torch.randn(100, 40, 1), torch.randint(10, (100,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-3)
    return model, optimizer, lambda: nn.functional.cross_entropy(model(x), target), None


def first_zero(layer):
    """One sequence of 100 ones and zeros, 20 units."""
    model = LastStep(layer, 1, 20, 1)
    x, target = torch.ones(1, 100, 1), torch.ones(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.99)
    loss = nn.functional.binary_cross_entropy_with_logits
    return model, optimizer, lambda: loss(model(x), target), None


def long_lag(layer):
    """16 sequences of 100 symbols out of 101, one-hot, 32 units, gradients clipped at norm 1."""
    model = LastStep(layer, 101, 32, 101)
    symbols, target = torch.randint(101, (16, 100)), torch.randint(101, (16,))
    x = nn.functional.one_hot(symbols, 101).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    return model, optimizer, lambda: nn.functional.cross_entropy(model(x), target), 1.0


def milliseconds(model, optimizer, loss_of, clip):
    """The median of an update, over blocks that take about a third of a second each."""

    def train(steps):
        start = time.perf_counter()
        for _ in range(steps):
            loss = loss_of()
            optimizer.zero_grad()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            loss.item()
        return (time.perf_counter() - start) / steps

    block = max(3, int(0.3 / train(10)))
    return 1000 * statistics.median(train(block) for _ in range(BLOCKS))


def tasks():
    print("\nThe other tasks, fused; milliseconds an update")
    for task in [mnist1d, first_zero, long_lag]:
        for name, layer in [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)]:
            print(f"{task.__name__:<12} {name:<5} {milliseconds(*task(layer)):>8.2f}", flush=True)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if "tasks" in sys.argv[1:]:
        return tasks()
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
