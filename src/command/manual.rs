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
      Print how the gradient of an LSTM vanishes over 50 steps.
  rnnscope explore --weight-scale 2 --png doubled.png
      Draw what happens when the weights are doubled.
  rnnscope train running-mean --preset notebook
      Train the course notebook's four networks, twice.
  rnnscope train --list
      What else can be trained.
  rnnscope --screenshot window.png --size 1600x1000 --theme dark
      Save a picture of the window itself.
  rnnscope --safe
      Open the window as if for the first time, whatever was saved.

Settings of the window:
  They are in app.ron in ~/.local/share/rnnscope or $XDG_DATA_HOME/rnnscope (Linux),
  ~/Library/Application Support/rnnscope (macOS) or %AppData%\\rnnscope\\data (Windows).
  The version before is in app.ron.before.

Exit status:
  0  done
  1  a fault in rnnscope
  2  bad input: a flag, a number or a file; nothing was written. Or an output that could not be
     written: all others were
  129, 130, 143  stopped by SIGHUP, Ctrl-C or SIGTERM while training; what was measured until then was \
written

Environment:
  DISPLAY, WAYLAND_DISPLAY  where the window opens (Linux)
  XDG_DATA_HOME             folder of rnnscope's own folder of settings (Linux)
  RAYON_NUM_THREADS         threads of matrix products; 1 unless set, which is the fastest here
  NO_COLOR                  no colours in this text";

/// What `completions` does.
pub(super) const COMPLETIONS: &str = "\
Print a script that completes commands, flags and their values in a shell.

The packages of rnnscope bring it for bash, zsh and fish. Elsewhere, as after `cargo install`, it \
goes where the shell looks for such scripts.";

/// Under `completions --help`.
pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  rnnscope completions bash > ~/.local/share/bash-completion/completions/rnnscope
      For bash, where the package bash-completion is installed; the folder must be there.
  rnnscope completions zsh > ~/.zfunc/_rnnscope
      For zsh, with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc.
  rnnscope completions fish > ~/.config/fish/completions/rnnscope.fish
      For fish.";

/// What `man-pages` does.
pub(super) const MAN_PAGES: &str = "\
Write manual pages for man(1): what --help says, a page a command.

The packages of rnnscope bring them. Elsewhere, as after `cargo install`, `rnnscope man-pages \
~/.local/share/man/man1` puts them where `man rnnscope` finds them.";

/// What `explore` does.
pub(super) const EXPLORE: &str = "\
Measure one network once, without a window.

The network is drawn from --seed exactly as PyTorch draws it after torch.manual_seed, or read \
from a .safetensors, .pt or .pth file. It reads one batch of sequences and predicts the running mean of the \
first input column, with the mean squared error as its loss; or, with --task, it reads a task's \
sequences and is judged by that task's loss. One forward and one backward pass then give, for every \
layer and step t (tick t, where each step is read several times):

  ‖h‖           norm of the hidden state h_t of the first sequence
  ‖dL/dh‖       norm of the gradient of the loss with respect to h_t, over the whole batch
  ‖c‖, ‖dL/dc‖  the same for the cell state of an LSTM

The gradients are total ones: through all later steps, the layers above and the readout.

For every layer there are the eigenvalues that drive the recurrence: of the scaled W_hh for an RNN, \
of the Jacobian of the last step for an LSTM or GRU. |λ|max below 1 shrinks what the matrix alone \
multiplies again and again, above 1 it grows.

The line below the heading is the verdict: what is left of the gradient at step 1, and why as far as \
that was measured. Of the gradient at the last step less than 0.001 left at the first: vanishes; less \
than 0.3: fades; up to 3 times: keeps; up to 1000 times: grows; more: explodes.

--view tells why, instead of what:

  itemized  which loss reaches how far: ‖dL_s/dh_t‖ for every loss step s and state step t, and the \
horizon, the steps until the gradient has fallen below a thousandth (inf: it never does)
  theory    what theory predicts: ‖dL/dh_t‖ for a loss on the last step, the slopes of |λ|max and of \
the bound σ_max (Pascanu et al. 2013), and why they differ
  jacobians what each step does: singular values of dh_t/dh_{t-1} and of their products dh_T/dh_t, \
and the Lyapunov exponents of the first sequence
  landscape where the edge is: growth ‖dL/dh_1‖ / ‖dL/dh_T‖ of the lowest layer by weight scale and by --across bias-scale, hidden-size, length or forget-bias, at 41 x 41 places, and where it is 1
  gates     what the gates do: activations over time, how many are open, closed or saturated, the \
product of the gates that keep the state; for an RNN its units. --sort says which unit stands on top
  weights   which weights hear the past: dL/dW_hh split by the step that contributed it
  check     can I trust it: autograd against central differences in f64, for every parameter and for \
states of every layer, and what f32 keeps of dL/dh_t
  all       all of these

Scales multiply every recurrent weight_* and bias_*; the readout is never scaled. Without an \
output flag a table is printed. Numbers too small, infinite or undefined are results and shown \
as 0, inf and nan.";

/// Under `explore -h`.
pub(super) const EXPLORE_HINT: &str = "--help tells what is measured, with examples.";

/// Under `explore --help`.
pub(super) const EXPLORE_EXAMPLES: &str = "\
Files:
  --weights FILE
      Safetensors, or what torch.save writes of a state dict or of a checkpoint that holds one, by any \
version of PyTorch and whatever the file is called; nothing in it is executed. It holds weight_ih_l0, \
weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l1 ... as torch.nn names them, with any prefix; cell, sizes, layers and biases follow from the shapes. The readout is the \
linear layer that --head names, or the only one that fits; if none fits, one is drawn as \
nn.Linear(hidden_size, 1). Which one it is is said in every output. With --head none the loss is the \
norm of the states themselves. Flags that state the same again must agree with the file.
  --task TASK
      Sequences and loss of a task of rnnscope train, as a fair training from --seed shows them: with \
--precision f32 gradients and predictions are those that it records before its first update. echo reads \
its only batch, drawn before the weights, so that its loss is the first that train echo shows. The \
flags under Task shape it, as they do there.
  --sequence FILE.csv
      A row a step, a column a feature. A first line with a name in every column is a header and is \
skipped, which is said. Given several times, the files make a batch and must be equally long. The \
target is the running mean of column 1.
  --input-seed N
      Without it the input continues the random stream of the weights, as in a PyTorch script with one \
manual_seed. The window starts with --input-seed 0, which gives every network the same input: the \
network that both start with has a loss of 0.08316 here and of 0.1634 there.
  --csv FILE
      layer, step and norms, one row a layer and step; behind them what was measured, the same in each \
row: network, weights, readout, input, length, batch, target, weight_scale, bias_scale, loss, precision.
      A text that begins with = + - or @ and is no number gets an apostrophe before it: spreadsheets \
would run it.
  --json FILE
      loss, verdict (word, sentence, factor a step back, left at step 1 and what was met on the \
way), hidden_norm[layer][t], cell_norm, grad_norm[layer][t], cell_grad_norm, \
spectral_radius[layer], sigma_max, spectrum, input[feature][t], target[t], prediction[t] (output 1, or the \
class), outputs[output][t], what target_is, readout, headers and unused tensors of files, without_biases where a file has none, and the question \
itself with checksums (SHA-256) of the files read. For LSTM and GRU the spectral ones are objects with the gates' names and `jacobian`. Numbers that \
JSON cannot hold are \"inf\", \"-inf\", \"nan\".
  --full with --json, and --npz FILE
      Every number of the pass forward and back, under `full` as nested lists, in the .npz as arrays in \
the precision of the computation. Layers k count from 0; with n ticks a step, n T stands for T:
        loss                                  []
        input, grad_input                     [T, B, I], symbols as one-hot vectors
        target (with a readout)               [T, B, 1]; of a task as its loss reads it
        output                                [T, B, O]; [1, B, O] of one prediction a sequence
        h_lk, grad_h_lk                       [T+1, B, H], row 0 the initial state; dL/dh_t
        c_lk, grad_c_lk                       [T+1, B, H] (LSTM)
        jacobian_lk (f64)                     [T, B, H, H], d h_t / d h_{t-1} from t = 1 on
                                              [T, B, 2H, 2H], of h and c together (LSTM)
        weight_ih_lk ... head.weight ...      as in torch.nn, scales included
        grad_weight_ih_lk ... grad_head.bias  with respect to these
      The .npz also holds the JSON report as the text `report`.
  --view VIEW with --csv or --json
      CSV: figure, series, x, y, value, one row a point or a cell of a map. JSON: the question, and \
under `views` for itemized grad_norm[layer][s][t] and horizon[layer][s]; for weights norm[layer][t], \
share[layer][t] (of steps t to T), total[layer] and far[layer][n], the part of it from losses at \
least distance[n] steps later; for gates layers[layer].gates[name], with values \
of the units in the order of `units`, and highway; for theory layers[layer] with grad_norm[t], \
own_grad_norm[t] (what the layer's own recurrence carries back), radius, sigma_max, slope (factors a \
step), mean_derivative and regime; for jacobians layers[layer] with steps and products (each t, and \
for products natural logarithms), exponents, largest_exponent[t] and last_radius; for landscape across, weight_scales (columns), values (rows), first[row][column], last[row][column] and log10_growth[row][column], and of the question itself `here`; for check verdict, worst, culprit, parts (of, \
method, autograd, difference, error and uncertainty as parts of the derivative, verdict: agrees, \
differs, or why it is not known) and precision[layer] with grad_norm_f32[t], grad_norm_f64[t], \
error[t], weight_hh_error and lost (t and cause).

Examples:
  rnnscope explore
      Print the table of an RNN with 16 tanh units, as drawn, over ten steps.
  rnnscope explore --cell rnn --init orthogonal --nonlinearity identity --length 100
      A gradient that neither vanishes nor explodes.
  rnnscope explore --cell lstm --forget-bias 3 --length 100 --png lstm.png --csv lstm.csv
      What the forget gate's bias does, drawn and as numbers.
  rnnscope explore --cell lstm --length 50 --loss all --view itemized --view gates --png why.png
      Why: how far back each loss is heard, and what the gates let through.
  rnnscope explore --cell lstm --length 100 --view landscape --across forget-bias --png edge.png
      Which scales and forget biases let the gradient through?
  rnnscope explore --length 200 --weight-scale 0.5 --view check
      Are these gradients right, and would training in f32 see them?
  rnnscope explore --biases 1 --weight-scale -2 --loss all --json - | python3 -m json.tool
      The course notebook's cell, as JSON.
  rnnscope explore --cell lstm --length 20 --npz all.npz
      Every number, to be checked: numpy.load('all.npz')['grad_h_l0']
  rnnscope explore --weights trained.safetensors --sequence mine.csv --precision f32
      Your own network on your own data, in the precision it was trained in.
  rnnscope explore --weights trained/LSTM-trial-1.safetensors --task long-lag
      How far back the gradient reaches in a network that solves the task.";

/// What `train` does.
pub(super) const TRAIN: &str = "\
Train networks side by side, without a window, and report what became of them.

A comparison is a task, contenders, an optimiser and a budget of batches. Each task has presets, \
which --list tells with what they show; the first is where a task starts, and other flags change \
what they name and leave the rest. The tasks:

  running-mean  the mean of all random numbers read so far
  first-zero    a sequence of ones with a single zero, or without: BCE with logits
  mnist1d       ten digits as curves of forty points: cross-entropy
  long-lag      the first of p symbols once more, after all others: cross-entropy
  echo          one batch of random vectors, repeated: can a network overfit at all?

With --trials every contender is trained several times, from seeds four apart; with --lengths at \
several lengths. --curriculum (first-zero) starts with short sequences and goes on to longer ones as \
soon as every sequence of the kind has a loss below --mastery. Without --preset, --lengths and \
--curriculum start from the presets ladder and curriculum.

With running-mean --preset notebook weights and batches come from the notebook's single random \
stream, first with the loss on all steps, then on the last step only, and the losses it prints are \
met to at least three digits (printed under the ranking); echo starts as its notebook does, and \
prints the losses of both side by side.

Trainings run in parallel, one a core; where there are more of them they take turns, so that all make \
progress, or run --one-by-one. Neither that nor watching changes any number. Numbers too small, \
infinite or undefined are results: a training whose loss, gradient or update (weights, or the \
averages that an optimiser keeps) is not finite ends as diverged, and its weights are those before.

Progress is shown on standard error: bars on a terminal, a line now and then elsewhere. The \
report at the end gives architecture and settings, the ranking by the mean of the last 100 losses (of all, where there are fewer) \
(first-zero: by balanced accuracy, the mean of the recalls of both classes, before that), every \
trial, and what the task is about: lengths mastered and where a curriculum got stuck, accuracy \
and confused digits, wrong answers on fresh sequences, the floor of the loss. Ctrl-C, SIGTERM and \
SIGHUP stop cleanly: what was measured until then is printed and written. A second one stops at once.

With --checkpoint FILE the training itself is kept in a file: from the start, every minute, when a \
signal stops it, and at its end. `rnnscope train --resume FILE` goes on with it, however it was ended, \
and what comes out is the same, byte for byte, as without the break. Give the outputs again; what is \
trained stays as it was. Where --checkpoint is not given, the file resumed is kept up to date. A \
training that has ended writes its outputs again, or goes on to more --steps. Without either flag, a \
training of more than a minute is kept in rnnscope's own folder, until it has ended well; after any \
other end rnnscope says how to continue it.";

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
      input-init=NAME      default or normal: the input weights
      forget-bias=X        bias of the forget gate (lstm)
      hold=X               X on gates that keep, -X on gates that write (lstm, gru)
      chrono=T             chrono initialisation for memories of up to T steps (lstm, gru)
      wiring=NAME          stacked or skips: skip connections between layers
      ticks=1..16          times that each step is read [1]
      recipe=NAME          torch (nn.RNN, nn.LSTM, nn.GRU), notebook (its own cells, one bias) or \
lab (drawn as transposes)
      budget=N             batches, where that is less than --steps

Files:
  --data FILE (mnist1d)
      .npz with x [N, 40], y [N], x_test, y_test; or .csv, a line a sequence: its digit, then 40 \
values, with NAME_test.csv beside it (without it the last fifth is the test set).
  --json FILE
      comparisons, and trainings with round, loss, name, contender, trial, length, seed, steps, \
final_loss, mean_last_10 and mean_last_100 (of all losses while there are fewer), printed_at_4900 (running-mean: the mean of the ten \
losses up to batch 4900, as the notebook prints it), timing (seconds, steps_per_second; left out \
with --no-timing), stopped, mastered_length, test (sequences, wrong), lengths (from which step \
on), evaluations (step; loss, accuracy (first-zero: balanced_accuracy) and worst loss of each \
set; the outputs watched), answers (the class of each test sequence, null where outputs are NaN), losses, accuracy (of each \
batch; its part that was answered rightly). Losses have the digits of --precision. What a task \
does not have is left out. Numbers that JSON cannot hold are \"inf\", \"-inf\", \"nan\".
  --csv FILE
      round, loss_on, contender, trial, length, batch (from 1), loss, right (the part of the batch \
answered rightly), test_loss and test_right (after that batch; first-zero: \
test_balanced_accuracy). A name that begins with = + - or @ and is no number gets an apostrophe \
before it: spreadsheets would run it.
  --png FILE, --svg FILE
      The losses, the figures of the task, predictions and mistakes of the best training, and how \
the gradient with respect to the first layer's hidden states changed through training (of the four \
best, where there are no trials).
  --save DIR
      NAME.safetensors for each training: rnn.weight_ih_l0 ... as torch.nn names them, \
head.weight and head.bias. A module with an nn.RNN, nn.LSTM or nn.GRU as `rnn` and an nn.Linear as \
`head` loads it strictly; networks of recipe=notebook have no bias_hh, which such a module would \
need as zeros. Beside them comparison.json, for --comparison.
  --tensorboard DIR
      A folder a training: loss/train, accuracy/train, loss/test and accuracy/test (mnist1d; \
first-zero: on all sequences), gradient and update norms. Numbers are f32, as the format has them. The files grow as training goes \
on; a training that is resumed goes on in the same folder. tensorboard --logdir DIR
      With several rounds (running-mean --preset notebook without --loss), both folders get the \
subfolders all and last.

Examples:
  rnnscope train --list
      What there is.
  rnnscope train running-mean --preset notebook --png curves.png --json losses.json
      The course notebook's comparison, number for number.
  rnnscope train running-mean --length 50 --loss last --lr 0.001 --contender lstm --contender \
lstm,forget-bias=3,name=remembers --contender gru
      Who can look back fifty steps?
  rnnscope train first-zero --where anywhere --lengths 10,20,50 --trials 3
      Which lengths does each cell master, and how often?
  rnnscope train first-zero --where anywhere --curriculum --growth 1.25 --png stairs.png
      How far does it get when it starts small?
  rnnscope train mnist1d --epochs 20 --csv accuracy.csv
      Accuracy by epoch; a table of digits taken for others.
  rnnscope train long-lag --trials 10 --json trials.json
      Ten trials of an LSTM that solves it, beside an RNN that does not.
  rnnscope train echo --preset enough-units
      Why eight units cannot, and ten can.
  rnnscope train running-mean --contender rnn-identity --optimizer sgd --lr 1 --steps 100
      A training that diverges.
  rnnscope train running-mean --steps 2000 --save trained --tensorboard runs
      Keep the networks; rnnscope explore --weights trained/LSTM-2-layers.safetensors
  rnnscope train --comparison trained/comparison.json --seed 1
      The same comparison from another seed.";
