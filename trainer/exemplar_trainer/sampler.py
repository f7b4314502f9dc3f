"""The order of the training rows: a pure function of lengths, seed and epoch."""

import numpy as np
from torch.utils.data import Sampler

_BATCHES_A_BUCKET = 50


class LengthGroupedOrder(Sampler[int]):
    """Rows in random order, with rows of like length side by side so that batches hold little padding.

    The library's own sampler draws from the global random state, so from the second epoch on a resumed run would see another
    order than an uninterrupted one. This one depends on (seed, epoch) alone. The first batch of epoch 0 holds
    the longest row: a run that does not fit into memory fails at once instead of hours later.
    """

    def __init__(self, lengths: np.ndarray, batch_rows: int, seed: int) -> None:
        """`lengths`: int [rows], tokens a row; `batch_rows`: rows an optimiser step uses."""
        self._lengths, self._batch_rows, self._seed, self._epoch = np.asarray(lengths), batch_rows, seed, 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self):
        random = np.random.default_rng([self._seed, self._epoch])
        order = random.permutation(len(self._lengths))
        bucket_rows = self._batch_rows * _BATCHES_A_BUCKET
        batches = []
        for start in range(0, len(order), bucket_rows):
            bucket = order[start : start + bucket_rows]
            bucket = bucket[np.argsort(-self._lengths[bucket], kind="stable")]
            batches += [bucket[at : at + self._batch_rows] for at in range(0, len(bucket), self._batch_rows)]
        # Only the very last batch can be short: it must stay last, or it would shift the rows of all after it.
        short = [batches.pop()] if len(batches[-1]) < self._batch_rows else []
        batches = [batches[at] for at in random.permutation(len(batches))]
        if self._epoch == 0 and batches:
            longest = max(range(len(batches)), key=lambda at: self._lengths[batches[at]].max())
            batches.insert(0, batches.pop(longest))
        return iter(np.concatenate(batches + short).tolist())
