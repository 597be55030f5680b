"""State dicts as people save them, and what must come of each, in expected.json.

    python make.py        # PyTorch 2.15.0 with NumPy 2.4: everything but torch113_*
    python make.py old    # PyTorch 1.13.1 with NumPy 1.26: torch113_*

Weights are drawn once from seed 7; inputs are sines, so that they need no generator.
"""

import argparse
import io
import json
import math
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent
T = 6
OLD = len(sys.argv) > 1 and sys.argv[1] == "old"
expected = json.loads((HERE / "expected.json").read_text()) if OLD else {"T": T, "files": {}}
torch.manual_seed(7)


class Net(nn.Module):
    """A recurrence and named layers around it."""

    def __init__(self, rnn, **layers):
        super().__init__()
        self.rnn = rnn
        for name, layer in layers.items():
            setattr(self, name, layer)


def sequence(features):
    return torch.tensor(
        [[math.sin(1.3 * t + 0.7 * i + 0.4) for i in range(features)] for t in range(T)],
        dtype=torch.float64,
    )


def measure(cell, state, prefix="", head=None, nonlinearity="tanh", all_steps=False):
    """Loss and gradient norms of the tensors `state`, layer by layer and step by step in f64."""
    get = lambda name: state[name].detach().to(torch.float64)
    kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[cell]
    depth = sum(name.startswith(prefix + "weight_hh_l") for name in state)
    xs = list(sequence(get(prefix + "weight_ih_l0").shape[1]).split(1))
    bias = prefix + "bias_ih_l0" in state
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    hs, cs = [], []
    for layer in range(depth):
        rows, size = get(f"{prefix}weight_hh_l{layer}").shape
        width = get(f"{prefix}weight_ih_l{layer}").shape[1]
        one = kind(width, size, bias=bias, **options).double()
        names = ["weight_ih", "weight_hh"] + (["bias_ih", "bias_hh"] if bias else [])
        one.load_state_dict({n + "_l0": get(f"{prefix}{n}_l{layer}") for n in names})
        h, c = torch.zeros(1, size).double(), torch.zeros(1, size).double()
        hs.append([])
        cs.append([])
        for x in xs:
            if cell == "lstm":
                # By its parts, as h_t depends on c_t, which nn.LSTM keeps to itself.
                whole = one(x, (h, c))[1]
                gates = nn.functional.linear(x, one.weight_ih_l0, one.bias_ih_l0)
                gates = gates + nn.functional.linear(h, one.weight_hh_l0, one.bias_hh_l0)
                i, f, g, o = gates.chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                c.retain_grad()
                cs[-1].append(c)
                h = o.sigmoid() * c.tanh()
                assert torch.allclose(h, whole[0]) and torch.allclose(c, whole[1])
            else:
                _, h = one(x, h)
            h.retain_grad()
            hs[-1].append(h)
        xs = hs[-1]
    target = sequence(1).mean()
    if head is None:
        norms = [h.norm() for h in hs[-1]]
        loss = sum(norms) / T if all_steps else norms[-1]
    else:
        weight = get(head + ".weight")
        out = hs[-1][-1] @ weight.T
        if head + ".bias" in state:
            out = out + get(head + ".bias")
        loss = ((out - target) ** 2).mean()
    loss.backward()
    norm = lambda steps: [float(s.grad.norm()) if s.grad is not None else 0.0 for s in steps]
    found = {"loss": float(loss.detach()), "grad_norm": [norm(layer) for layer in hs]}
    if cell == "lstm":
        found["cell_grad_norm"] = [norm(layer) for layer in cs]
    return found


def note(file, **what):
    """What must come of a file: of one wish for a readout after another."""
    expected["files"].setdefault(file, []).append(what)


def right(file, cell, state, prefix, head, unused=(), wish="fitting", source=None, **options):
    # The sources of a readout are named as in the file.
    note(
        file,
        wish=wish,
        source=head if source is None else source,
        unused=sorted(unused),
        nonlinearity=options.get("nonlinearity", "tanh"),
        loss_on="all" if options.get("all_steps") else "last",
        **measure(cell, state, prefix, head, **options),
    )


def refused(file, *words, wish="fitting"):
    note(file, wish=wish, words=list(words))


def save(file, what, **options):
    torch.save(what, HERE / file, **options)


def rezip(source, file, change=lambda name, data: data, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(HERE / file, "w", method) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            new.writestr(info, change(name, old.read(name)))


def old_versions():
    net = Net(nn.LSTM(2, 3, 2), fc=nn.Linear(3, 2))
    state = net.state_dict()
    save("torch113_zip.pt", state)
    save("torch113_old_format.pt", state, _use_new_zipfile_serialization=False)
    for file in ["torch113_zip.pt", "torch113_old_format.pt"]:
        right(file, "lstm", state, "rnn.", "fc")
    net = Net(nn.GRU(1, 3), out=nn.Linear(3, 1)).to(torch.bfloat16)
    save("torch113_bfloat16.ckpt", {"state_dict": net.state_dict(), "epoch": 3})
    right("torch113_bfloat16.ckpt", "gru", net.state_dict(), "rnn.", "out")


def new_versions():
    # 1. A readout of another name, beside layers that are not measured.
    layers = dict(embedding=nn.Embedding(5, 2), ln=nn.LayerNorm(3), fc=nn.Linear(3, 2), bn=nn.BatchNorm1d(3))
    net = Net(nn.LSTM(2, 3, 2), **layers)
    state = net.state_dict()
    unused = [n for n in state if n.split(".")[0] in ("embedding", "ln", "bn")]
    save("fc.pt", state)
    right("fc.pt", "lstm", state, "rnn.", "fc", unused)
    none = sorted(unused + ["fc.weight", "fc.bias"])
    for all_steps in [False, True]:
        right("fc.pt", "lstm", state, "rnn.", None, none, "none", "none", all_steps=all_steps)
    torch.manual_seed(0)
    drawn = nn.Linear(3, 1)
    with_drawn = {**state, "drawn.weight": drawn.weight, "drawn.bias": drawn.bias}
    right("fc.pt", "lstm", with_drawn, "rnn.", "drawn", none, "random", "random, seed 0")
    torch.manual_seed(8)

    # 2. A checkpoint of a model in DataParallel, with whatever belongs to a training.
    net = nn.DataParallel(Net(nn.GRU(1, 3), hidden2label=nn.Linear(3, 4)))
    state = net.state_dict()
    optimizer = torch.optim.Adam(net.parameters())
    sum(p.sum() for p in net.parameters()).backward()
    optimizer.step()
    checkpoint = {
        "epoch": 3,
        "model_state_dict": state,
        "optimizer": optimizer.state_dict(),
        "args": argparse.Namespace(lr=1e-3, layers=[1, 2]),
        "best": np.float64(0.25),
        "rng": torch.get_rng_state()[:8].clone(),
        "path": Path("runs/3"),
        "seen": {1, 2},
    }
    save("data_parallel.ckpt", checkpoint)
    right("data_parallel.ckpt", "gru", state, "module.rnn.", "module.hidden2label")
    right("data_parallel.ckpt", "gru", state, "module.rnn.", "module.hidden2label", wish="hidden2label")

    # 3. A compiled model in a Lightning checkpoint; a linear readout without a bias.
    net = Net(nn.RNN(2, 3, nonlinearity="relu"), decoder=nn.Linear(3, 1, bias=False))
    state = OrderedDict(("_orig_mod.net." + n, t) for n, t in net.state_dict().items())
    save("lightning.bin", {"state_dict": state, "hyper_parameters": {"lr": 0.1}, "loops": [{}]})
    right("lightning.bin", "rnn", state, "_orig_mod.net.rnn.", "_orig_mod.net.decoder", nonlinearity="relu")

    # 4. The old format, without an extension; 5. other pickle protocols.
    net = Net(nn.GRU(2, 3, 2, bias=False), classifier=nn.Linear(3, 3))
    state = net.state_dict()
    save("old_format", state, _use_new_zipfile_serialization=False)
    save("old_format_protocol_4", {"model": state}, _use_new_zipfile_serialization=False, pickle_protocol=4)
    save("protocol_3.pt", state, pickle_protocol=3)
    save("protocol_4.pt", state, pickle_protocol=4)
    save("protocol_5.pt", state, pickle_protocol=5)
    for file in ["old_format", "old_format_protocol_4", "protocol_3.pt", "protocol_4.pt", "protocol_5.pt"]:
        right(file, "gru", state, "rnn.", "classifier")

    # 6. Halves and doubles.
    for dtype, file in [(torch.float16, "half.pt"), (torch.float64, "double.pth")]:
        net = Net(nn.LSTM(1, 2), head=nn.Linear(2, 1)).to(dtype)
        save(file, net.state_dict())
        right(file, "lstm", net.state_dict(), "rnn.", "head")

    # 7. Tensors that are views: transposed, a part of another, expanded, tied.
    net = Net(nn.RNN(3, 3), encoder=nn.Embedding(4, 3), decoder=nn.Linear(3, 4))
    net.decoder.weight = net.encoder.weight
    state = net.state_dict()
    state["rnn.weight_hh_l0"] = state["rnn.weight_hh_l0"].t()
    state["rnn.weight_ih_l0"] = torch.randn(4, 5)[1:, 1:4]
    state["rnn.bias_hh_l0"] = torch.tensor([0.25]).expand(3)
    save("views.pt", state)
    save("views_old_format", state, _use_new_zipfile_serialization=False)
    for file in ["views.pt", "views_old_format"]:
        right(file, "rnn", state, "rnn.", "decoder", ["encoder.weight"])

    # 8. Parameters instead of a state dict; a state dict a module.
    net = Net(nn.GRU(1, 2), fc=nn.Linear(2, 1))
    state = net.state_dict()
    save("parameters.pt", dict(net.named_parameters()))
    right("parameters.pt", "gru", state, "rnn.", "fc")
    parts = {"rnn": net.rnn.state_dict(), "fc": net.fc.state_dict(), "step": 7}
    save("by_module.pt", parts)
    right("by_module.pt", "gru", state, "rnn.", "fc")

    # 9. The recurrence alone: its readout has to be drawn.
    save("alone.pt", net.rnn.state_dict())
    torch.manual_seed(0)
    drawn = nn.Linear(2, 1)
    state = {**net.rnn.state_dict(), "drawn.weight": drawn.weight, "drawn.bias": drawn.bias}
    right("alone.pt", "gru", state, "", "drawn", source="random, seed 0")
    torch.manual_seed(9)

    # 10. Compressed, and from a big-endian machine.
    net = Net(nn.RNN(1, 3), fc=nn.Linear(3, 1))
    state = net.state_dict()
    save("plain.pt", state)
    rezip("plain.pt", "compressed.pt")

    def swap(name, data):
        if name.endswith("byteorder"):
            return b"big"
        return np.frombuffer(data, "<f4").astype(">f4").tobytes() if "/data/" in name else data

    rezip("plain.pt", "big_endian.pt", swap)
    for file in ["plain.pt", "compressed.pt", "big_endian.pt"]:
        right(file, "rnn", state, "rnn.", "fc")

    # 11. Several linear layers, and an MLP.
    net = Net(nn.LSTM(1, 2), actor=nn.Linear(2, 3), critic=nn.Linear(2, 1))
    state = net.state_dict()
    save("actor_critic.pt", state)
    refused("actor_critic.pt", "actor.weight [3, 2] and critic.weight [1, 2]", "--head NAME", "none", "random")
    right("actor_critic.pt", "lstm", state, "rnn.", "critic", ["actor.weight", "actor.bias"], "critic")
    refused("actor_critic.pt", "value", "actor.weight [3, 2] and critic.weight [1, 2]", wish="value")
    net = Net(nn.GRU(1, 2), classifier=nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 2)))
    state = net.state_dict()
    save("mlp.pt", state)
    refused("mlp.pt", "classifier.0.weight [5, 2] and classifier.2.weight [2, 5]", "MLP", "--head", "none")
    right("mlp.pt", "gru", state, "rnn.", None, [n for n in state if n.startswith("c")], "none", "none")

    # 12. What cannot be measured, each for its own reason.
    refused_ones(net)


def refused_ones(net):
    save("integers.pt", {n: (t * 100).to(torch.int32) for n, t in net.state_dict().items()})
    refused("integers.pt", "rnn.weight_hh_l0", "int32")
    save("whole_module.pt", Net(nn.GRU(1, 2), fc=nn.Linear(2, 1)))
    refused("whole_module.pt", "__main__.Net", "save model.state_dict()")
    torch.jit.save(torch.jit.script(nn.Linear(1, 1)), HERE / "script.pt")
    refused("script.pt", "TorchScript", "model.state_dict()")
    save("bidirectional.pt", nn.GRU(1, 2, bidirectional=True).state_dict())
    refused("bidirectional.pt", "bias_hh_l0_reverse", "bidirectional")
    save("projection.pt", nn.LSTM(1, 3, proj_size=2).state_dict())
    refused("projection.pt", "weight_hr_l0", "projections")
    seq2seq = nn.ModuleDict({"encoder": nn.GRU(1, 2), "decoder": nn.GRU(1, 2)})
    save("seq2seq.pt", seq2seq.state_dict())
    refused("seq2seq.pt", "two networks", "decoder.weight_hh_l0 and encoder.weight_hh_l0")
    save("seq2seq_by_module.pt", {n: m.state_dict() for n, m in seq2seq.items()})
    refused("seq2seq_by_module.pt", "several state dicts", "encoder and decoder")
    state = nn.RNN(1, 2, 2).state_dict()
    save("gap.pt", {n: t for n, t in state.items() if n != "weight_hh_l1"})
    refused("gap.pt", "weight_hh_l1 is missing beside weight_ih_l1")
    save("cell.pt", nn.LSTMCell(1, 2).state_dict())
    refused("cell.pt", "weight_hh_l0", "nn.LSTMCell")
    normed = nn.utils.parametrizations.weight_norm(nn.GRU(1, 2), "weight_hh_l0")
    save("weight_norm.pt", normed.state_dict())
    refused("weight_norm.pt", "parametrizations.weight_hh_l0.original0", "parametrisation")
    save("arrays.pt", {n: t.numpy() for n, t in state.items()})
    refused("arrays.pt", "NumPy array")
    quantized = {n: torch.quantize_per_tensor(t, 0.01, 0, torch.qint8) for n, t in state.items()}
    save("quantized.pt", quantized)
    refused("quantized.pt", "quantized")
    np.savez(HERE / "arrays.npz", **{n: t.numpy() for n, t in state.items()})
    refused("arrays.npz", "NumPy archive")
    save("linear.pt", nn.Linear(1, 2).state_dict())
    refused("linear.pt", "no tensor named weight_hh_l0", "bias and weight")

    # 13. A network and its average: the other one is told of. A readout whose bias does not suit it.
    net = Net(nn.RNN(1, 2), fc=nn.Linear(2, 1))
    state = net.state_dict()
    save("averaged.pt", {"ema_model": {n: t * 0.9 for n, t in state.items()}, "model": state})
    right("averaged.pt", "rnn", state, "rnn.", "fc", [f"ema_model.{n}" for n in state])
    save("broken_bias.pt", {**state, "fc.bias": torch.zeros(3)})
    refused("broken_bias.pt", "fc.bias: expected shape [1] beside fc.weight [1, 2], found [3]", "--head none or random")


if OLD:
    old_versions()
else:
    new_versions()
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
