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
SVG) and numbers (CSV, JSON).

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
  rnnscope --screenshot window.png --size 1600x1000 --theme dark
      Save a picture of the window itself.

Exit status:
  0  done
  1  a fault in rnnscope
  2  bad input: a flag, a number, a file, or a path that cannot be written; nothing was written

Environment:
  DISPLAY, WAYLAND_DISPLAY  where the window opens (Linux)
  RAYON_NUM_THREADS         threads of matrix products; 1 unless set, which is the fastest here
  NO_COLOR                  no colours in this text";

/// What `explore` does.
pub(super) const EXPLORE: &str = "\
Measure one network once, without a window.

The network is drawn from --seed exactly as PyTorch draws it after torch.manual_seed, or read \
from a .safetensors file. It reads one batch of sequences and predicts the running mean of the \
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
  --weights FILE.safetensors
      weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l1 ... as torch.nn names \
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
