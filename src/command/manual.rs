//! The prose of `--help`: a manual page in the usual order.

/// One line, for lists.
pub(super) const ABOUT: &str = "See, live, what happens to gradients inside recurrent networks";

/// What the program is.
pub(super) const LONG_ABOUT: &str = "\
See, live, what happens to gradients inside recurrent networks.

Without a command, rnnscope opens a window: two sliders scale the weights and biases of an RNN, \
LSTM or GRU, and the norms of the hidden states, the gradient of the loss with respect to every \
hidden state, and the eigenvalues of the recurrence follow at once.

With `explore` it measures the same without a window and prints a table, or writes figures (PNG, \
SVG) and numbers (CSV, JSON). With `train` it trains several networks side by side and ranks them.

Where no display or OpenGL can be had, rnnscope says what is missing, prints the table, writes \
the figures as rnnscope-*.png into the current folder, and ends well.";

/// Under `-h`.
pub(super) const HINT: &str = "--help tells more, with examples.";

/// Under `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  rnnscope
      Open the window.
  rnnscope explore --cell lstm --length 50
      Print how the gradient of an LSTM fades over 50 steps.
  rnnscope explore --weight-scale 2 --png exploding.png
      Draw what happens when the weights are doubled.
  rnnscope train running-mean --preset notebook
      Train the course notebook's four networks, twice.
  rnnscope --screenshot window.png --size 1600x1000 --theme dark
      Save a picture of the window itself.

Exit status:
  0  done
  1  a fault in rnnscope
  2  bad input: a flag, a number, a file, or a path that cannot be written; nothing was written
  130  stopped by Ctrl-C while training; what was measured until then was written

Environment:
  DISPLAY, WAYLAND_DISPLAY  where the window opens (Linux)
  RAYON_NUM_THREADS         threads of matrix products; 1 unless set, which is the fastest here
  NO_COLOR                  no colours in this text";

/// What `explore` does.
pub(super) const EXPLORE: &str = "\
Measure one network once, without a window.

The network is drawn from --seed exactly as PyTorch draws it after torch.manual_seed, or read \
from a .safetensors, .pt or .pth file. It reads one batch of sequences and predicts the running mean of the \
first input column; the loss is the mean squared error. One forward and one backward pass then \
give, for every layer and step t:

  ‖h‖           norm of the hidden state h_t of the first sequence
  ‖dL/dh‖       norm of the gradient of the loss with respect to h_t, over the whole batch
  ‖c‖, ‖dL/dc‖  the same for the cell state of an LSTM

The gradients are total ones: through all later steps, the layers above and the readout.

For every layer there are the eigenvalues that drive the recurrence: of the scaled W_hh for an RNN, \
of the Jacobian of the last step for an LSTM or GRU. |λ|max below 1 shrinks, above 1 grows.

Scales multiply every recurrent weight_* and bias_*; the readout is never scaled. Without an \
output flag a table is printed. Numbers too small, infinite or undefined are results and shown \
as 0, inf and nan.";

/// Under `explore -h`.
pub(super) const EXPLORE_HINT: &str = "--help tells what is measured, with examples.";

/// Under `explore --help`.
pub(super) const EXPLORE_EXAMPLES: &str = "\
Files:
  --weights FILE
      A .safetensors file, or a PyTorch state dict (.pt, .pth, as torch.save writes \
model.state_dict() since PyTorch 1.6; nothing in it is executed): weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l1 ... as torch.nn names \
them, with any prefix; cell, sizes, layers and biases follow from the shapes. head.weight and \
head.bias, if there, are the readout. Flags that state the same again must agree with it.
  --sequence FILE.csv
      A row a step, a column a feature; a header line is optional. Given several times, the \
files make a batch and must be equally long.
  --csv FILE
      layer, step and norms, one row a layer and step.
  --json FILE
      loss, hidden_norm[layer][t], cell_norm, grad_norm[layer][t], cell_grad_norm, \
spectral_radius[layer], sigma_max, spectrum, input, target, prediction, and the question itself. \
For LSTM and GRU the spectral ones are objects with the gates' names and `jacobian`. Numbers that \
JSON cannot hold are \"inf\", \"-inf\", \"nan\".

Examples:
  rnnscope explore
      Print the table of an RNN with 16 tanh units, as drawn, over ten steps.
  rnnscope explore --cell rnn --init orthogonal --nonlinearity identity --length 100
      A gradient that neither vanishes nor explodes.
  rnnscope explore --cell lstm --forget-bias 3 --length 100 --png lstm.png --csv lstm.csv
      What the forget gate's bias does, drawn and as numbers.
  rnnscope explore --biases 1 --weight-scale -2 --loss all --json - | python3 -m json.tool
      The course notebook's cell, as JSON.
  rnnscope explore --weights trained.safetensors --sequence mine.csv --precision f32
      Your own network on your own data, in the precision it was trained in.";

/// What `train` does.
pub(super) const TRAIN: &str = "\
Train networks side by side, without a window, and rank them.

A comparison is a task, contenders, an optimiser and a budget of batches. Without --preset, \
--comparison or --contender it is the course notebook's: RNN and LSTM with one and two layers of \
32 units learn the running mean of 10 random numbers, Adam at 0.0001, 5000 batches of 32; but \
drawn as torch.nn draws them, and every contender sees the same batches.

With --preset notebook weights and batches come from the notebook's single random stream, first \
with the loss on all steps, then on the last step only, and the losses it prints are met to at \
least three digits (printed under the ranking). Other flags change what they name and leave the rest.

Contenders train in parallel, one a core; neither that nor watching changes any number. Numbers \
too small, infinite or undefined are results: a training whose loss or gradient is no longer \
finite ends as diverged, and its weights are those before.

Progress is shown on standard error: a bar a contender on a terminal, a line now and then \
elsewhere. The ranking is printed at the end, by the mean of the last 100 losses. Ctrl-C stops \
cleanly: what was measured until then is printed and written. A second Ctrl-C stops at once.";

/// Under `train -h`.
pub(super) const TRAIN_HINT: &str = "--help tells what is trained and written, with examples.";

/// Under `train --help`.
pub(super) const TRAIN_EXAMPLES: &str = "\
Contenders:
  CELL[,KEY=VALUE]...
      CELL is rnn, rnn-relu, rnn-identity, lstm or gru.
      layers=1..8          layers stacked [1]
      hidden=1..512        units of a layer [32]
      name=TEXT            name in tables and files [its shape]; \"name=a, b\" in quotes for commas
      nonlinearity=NAME    tanh, relu or identity (rnn)
      init=NAME            default, orthogonal or identity: the recurrent weights
      forget-bias=X        bias of the forget gate (lstm)
      recipe=NAME          torch (nn.RNN, nn.LSTM, nn.GRU) or notebook (its own cells, one bias)

Files:
  --json FILE
      comparisons, and contenders with round, loss, name, parameters, steps, final_loss, \
mean_last_10, mean_last_100, printed_at_4900 (the mean of the ten losses up to batch 4900, as the \
notebook prints it, where there are so many), steps_per_second, seconds, stopped, losses. Numbers \
that JSON cannot hold are \"inf\", \"-inf\", \"nan\".
  --csv FILE
      round, loss_on, contender, batch (from 1), loss.
  --png FILE, --svg FILE
      The losses, the predictions for one sequence, and how the gradient with respect to the \
first layer's hidden states changed through training (of the four best contenders).
  --save DIR
      NAME.safetensors for each contender: rnn.weight_ih_l0 ... as torch.nn names them, \
head.weight and head.bias. A module with an nn.RNN, nn.LSTM or nn.GRU as `rnn` and an nn.Linear as \
`head` loads it strictly; networks of recipe=notebook have no bias_hh, which such a module would \
need as zeros. Beside them comparison.json, for --comparison.
  --tensorboard DIR
      A folder a contender with loss, gradient and update norms: tensorboard --logdir DIR
      With --preset notebook and no --loss, both folders get the subfolders all and last.

Examples:
  rnnscope train running-mean
      The four usual networks on the same data.
  rnnscope train running-mean --preset notebook --png curves.png --json losses.json
      The course notebook's comparison, number for number.
  rnnscope train running-mean --length 50 --loss last --lr 0.001 --contender lstm --contender \
lstm,forget-bias=3,name=remembers --contender gru
      Who can look back fifty steps?
  rnnscope train running-mean --contender rnn-identity --optimizer sgd --lr 1 --steps 100
      A training that diverges.
  rnnscope train running-mean --steps 2000 --save trained --tensorboard runs
      Keep the networks; rnnscope explore --weights trained/LSTM-2-layers.safetensors
  rnnscope train --comparison trained/comparison.json --seed 1
      The same comparison from another seed.";
