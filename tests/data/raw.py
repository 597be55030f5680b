"""Writes raw_*.json and raw_*.pt: every number of one pass of small networks, by PyTorch in float64.

The names and shapes are those of `rnnscope explore --full`; weights and biases were scaled by 1.5
and 0.5 before the pass.
"""

import json

import torch
from torch import nn

T, B, I, H, O = 4, 2, 2, 3, 3
WEIGHT_SCALE, BIAS_SCALE = 1.5, 0.5


class Model(nn.Module):
    def __init__(self, rnn):
        super().__init__()
        self.rnn, self.head = rnn, nn.Linear(H, O)


def cell_of(rnn, layer):
    """One step of a layer as a function of its input and its flat state (h, c)."""
    kind = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}[type(rnn).__name__]
    extra = {"nonlinearity": rnn.nonlinearity} if isinstance(rnn, nn.RNN) else {}
    cell = kind(I if layer == 0 else H, H, dtype=torch.float64, **extra)
    for name, value in cell.named_parameters():
        value.data.copy_(getattr(rnn, f"{name}_l{layer}").data)

    def step(x, state):
        if isinstance(rnn, nn.LSTM):
            return torch.cat(cell(x, (state[:H], state[H:])))
        return cell(x, state)

    return step


def numbers(name, rnn, last_only):
    torch.manual_seed(0)
    model = Model(rnn())
    torch.save(model.state_dict(), f"raw_{name}.pt")
    model = model.double()
    with torch.no_grad():
        for parameter, value in model.rnn.named_parameters():
            value.mul_(WEIGHT_SCALE if parameter.startswith("weight") else BIAS_SCALE)
    x = torch.randn(T, B, I, dtype=torch.float64)
    mean = x[:, :, 0].cumsum(0) / torch.arange(1, T + 1)[:, None]
    target = mean[:, :, None]
    found = {"input": x.clone(), "target": target}
    x.requires_grad_()

    lstm = isinstance(model.rnn, nn.LSTM)
    states = {}
    below = x
    for layer in range(model.rnn.num_layers):
        step = cell_of(model.rnn, layer)
        # The layers' own parameters, so that gradients reach them.
        weights = [getattr(model.rnn, f"{n}_l{layer}")
                   for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        zero = lambda: torch.zeros(B, H, dtype=torch.float64, requires_grad=True)
        rows, jacobians = [(zero(), zero()) if lstm else (zero(),)], []
        for t in range(T):
            before = torch.cat(rows[-1], 1).detach()
            jacobians.append(torch.stack([
                torch.autograd.functional.jacobian(lambda s: step(below[t, b].detach(), s), before[b])
                for b in range(B)]))
            rows.append(run(weights, model.rnn, below[t], *rows[-1]))
            for state in rows[-1]:
                state.retain_grad()
        states[layer] = rows
        found[f"jacobian_l{layer}"] = torch.stack(jacobians)
        below = torch.stack([row[0] for row in rows[1:]])
    # The module itself gives the same.
    assert torch.allclose(model.rnn(x)[0], below, atol=1e-14)
    output = model.head(below)
    found["output"] = output
    error = (output - target) ** 2
    found["loss"] = error[-1].mean() if last_only else error.mean()
    found["loss"].backward()
    for layer, rows in states.items():
        for name_of, state in zip("hc", zip(*rows)):
            found[f"{name_of}_l{layer}"] = torch.stack(state)
            found[f"grad_{name_of}_l{layer}"] = torch.stack([row.grad for row in state])
    for parameter, value in [*model.rnn.named_parameters(), *model.head.named_parameters("head")]:
        found[parameter], found[f"grad_{parameter}"] = value, value.grad
    found["grad_input"] = x.grad
    with open(f"raw_{name}.json", "w") as file:
        json.dump({key: value.tolist() for key, value in found.items()}, file)
        file.write("\n")


def run(weights, rnn, x, h, c=None):
    """One step of a whole batch; h of an LSTM is made from its c, so that dL/dc is the total one."""
    if isinstance(rnn, nn.GRU):
        return (torch.gru_cell(x, h, *weights),)
    if isinstance(rnn, nn.RNN):
        return (torch.rnn_tanh_cell(x, h, *weights),)
    w_ih, w_hh, b_ih, b_hh = weights
    i, f, g, o = (x @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    c.retain_grad()
    return o.sigmoid() * c.tanh(), c


numbers("rnn", lambda: nn.RNN(I, H), True)
numbers("lstm", lambda: nn.LSTM(I, H, 2), False)
numbers("gru", lambda: nn.GRU(I, H, 2), True)
