#!/usr/bin/env python3
"""Times the package implicit on Douban Book, for BenchmarkAgainstPeers.

    pip install implicit
    python3 models/recommend/bench/peers.py FOLDER-OF-DATA THREADS

Prints one JSON object: seconds and seconds of processor time of each fit, of
lists of 20 for the users of the test, and how many users they are.
"""
import csv
import gzip
import json
import os
import sys
import time

folder, threads = sys.argv[1], int(sys.argv[2])
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # implicit has threads of its own

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from scipy.sparse import csr_matrix


def rows(name):
    with gzip.open(os.path.join(folder, "douban-book-split", name), "rt") as f:
        reader = csv.reader(f)
        next(reader)
        return np.array([[int(r[0]), int(r[1])] for r in reader])


def timed(name, do):
    began, processor = time.perf_counter(), time.process_time()
    value = do()
    out[name] = [time.perf_counter() - began, time.process_time() - processor]
    return value


train, test = rows("train.csv.gz"), rows("test.csv.gz")
shape = (max(train[:, 0].max(), test[:, 0].max()) + 1, max(train[:, 1].max(), test[:, 1].max()) + 1)
pairs = csr_matrix((np.ones(len(train), dtype=np.float32), (train[:, 0], train[:, 1])), shape)
users = np.unique(test[:, 0])
out = {"users": len(users)}
cosine = CosineRecommender(K=20, num_threads=threads)
timed("cosine", lambda: cosine.fit(pairs, show_progress=False))
als = AlternatingLeastSquares(factors=128, iterations=15, num_threads=threads, use_gpu=False, random_state=1)
timed("als", lambda: als.fit(pairs, show_progress=False))
timed("lists", lambda: als.recommend(users, pairs[users], N=20))
json.dump(out, sys.stdout)
