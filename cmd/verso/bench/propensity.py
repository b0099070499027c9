#!/usr/bin/env python3
"""Compares verso evaluate propensity with scikit-learn and xgboost in one run.

    apt-get install python3-sklearn python3-xgboost python3-pandas
    OMP_NUM_THREADS=1 /usr/bin/python3 cmd/verso/bench/propensity.py --verso bin/verso

Every table is made here from a seed, or read from --telco; all learners get the
same folds, and all figures are computed by the same code from the predictions of
held-out rows. Seconds are of processor time of fits and scores on one thread.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import numpy as np
    import pandas as pd
    import xgboost
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss, roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
except ImportError as e:
    print("skipped:", e)
    sys.exit(0)

warnings.filterwarnings("ignore")


def outcome(rng, margin):
    return (rng.random(len(margin)) < 1 / (1 + np.exp(-margin))).astype(int)


def numbers(rng, n, k):
    return pd.DataFrame(rng.normal(size=(n, k)), columns=[f"x{j}" for j in range(k)])


def small(rng):
    x = numbers(rng, 200, 8)
    return x, outcome(rng, x.x0 - .8 * x.x1 + .5 * x.x2)


def wide(rng):
    x = numbers(rng, 1000, 200)
    return x, outcome(rng, x.iloc[:, :10] @ rng.normal(0, .5, 10))


def rare(rng):
    x = numbers(rng, 20000, 15)
    return x, outcome(rng, -6 + x.x0 + .8 * np.abs(x.x1) + x.x2 * (x.x3 > 0))


def categories(rng):
    n, x, margin = 8000, {}, -.5
    for j, levels in enumerate([3, 6, 12, 30, 80, 200, 600, 2000]):
        code = np.minimum(rng.zipf(1.3, n) - 1, levels - 1) if j % 2 else rng.integers(levels, size=n)
        x[f"c{j}"] = pd.Series(code).map(lambda v: f"l{v}")
        margin = margin + rng.normal(0, .5, levels)[code]
    return pd.DataFrame(x), outcome(rng, margin)


def noisy(rng):
    x = numbers(rng, 3000, 30)
    return x, outcome(rng, .25 * x.x0 + .2 * np.sin(2 * x.x1) - .2 * x.x2)


def interactions(rng):
    x = numbers(rng, 6000, 10)
    return x, outcome(rng, 1.5 * np.sign(x.x0 * x.x1) + x.x2 * x.x3 - .5)


def steps(rng):
    x = numbers(rng, 5000, 12)
    return x, outcome(rng, 1.5 * (x.x0 > .5) - 2 * (np.abs(x.x1) < .4) + (x.x2 > 1) * 2 - .3)


def money(rng):
    n = 4000
    x = pd.DataFrame({"orders": rng.geometric(.2, n), "amount": np.exp(rng.normal(4, 1.6, n)), "days": rng.exponential(60, n), "kind": rng.choice(["a", "b", "c"], n)})
    x.loc[rng.random(n) < .15, "days"] = np.nan
    return x, outcome(rng, -.5 * np.log(x.amount) + .4 * np.log(x.days.fillna(200)) - .5 * np.log(x.orders) + (x.kind == "a"))


MADE = dict(small=small, wide=wide, rare=rare, categories=categories, noisy=noisy, interactions=interactions, steps=steps, money=money)


def telco(path):
    x = pd.read_csv(os.path.join(path, "Telco-Customer-Churn.csv"))
    x["TotalCharges"] = pd.to_numeric(x.TotalCharges, errors="coerce")
    fold = pd.read_csv(os.path.join(path, "folds_seed0.csv")).fold.values
    y = (x.Churn == "Yes").astype(int)
    return x.drop(columns=["customerID", "Churn"]), y.values, fold


def million(path, rng):
    """The Telco table drawn again to a million rows, with noise on its numbers, in
    two halves: a fit of each takes as long as one of all."""
    x, y, _ = telco(path)
    at = rng.integers(len(y), size=1_000_000)
    x, y = x.iloc[at].reset_index(drop=True), y[at]
    for c in ("tenure", "MonthlyCharges", "TotalCharges"):
        x[c] = x[c] * (1 + .05 * rng.normal(size=len(y)))
    return x, y, np.arange(len(y)) % 2


def peers(x):
    text = [c for c in x if x[c].dtype == object]
    number = [c for c in x if c not in text]
    one_hot = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), text), (StandardScaler(), number))
    codes = lambda: make_column_transformer((OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), text), remainder="passthrough")

    class Filled:
        """A logistic regression does not take missing numbers: their median."""
        def __init__(self):
            self.p = make_pipeline(one_hot, LogisticRegression(C=1, max_iter=2000))

        def fit(self, a, y):
            self.median = a[number].median()
            self.p.fit(a.fillna(self.median), y)
            return self

        def predict_proba(self, a):
            return self.p.predict_proba(a.fillna(self.median))

    return {
        "sklearn logistic C=1": Filled,
        "sklearn HGB default": lambda: make_pipeline(codes(), HistGradientBoostingClassifier()),
        "sklearn HGB .05 d3 200": lambda: make_pipeline(codes(), HistGradientBoostingClassifier(learning_rate=.05, max_depth=3, max_iter=200, early_stopping=False)),
        "xgboost hist .05 d3 200": lambda: make_pipeline(codes(), xgboost.XGBClassifier(tree_method="hist", learning_rate=.05, max_depth=3, n_estimators=200, n_jobs=1, verbosity=0)),
    }


def figures(y, p, fold):
    """Means over the folds of AUC and log-loss, and the pooled ECE of ten bins."""
    parts = [(y[fold == k], p[fold == k]) for k in np.unique(fold)]
    auc = np.mean([roc_auc_score(a, b) for a, b in parts])
    loss = np.mean([log_loss(a, np.clip(b, 1e-15, 1 - 1e-15), labels=[0, 1]) for a, b in parts])
    bins = np.array_split(np.argsort(p, kind="stable"), 10)
    return auc, loss, sum(len(b) * abs(p[b].mean() - y[b].mean()) for b in bins) / len(y)


def compare(name, x, y, fold, verso, searched=True):
    y, fold = np.asarray(y), np.asarray(fold)
    print(f"\n{name}: {len(y)} rows, {x.shape[1]} columns, {y.mean():.4f} events")
    print(f"  {'learner':28s} {'AUC':>7s} {'log-loss':>9s} {'ECE':>7s} {'seconds':>8s}")
    base = np.empty(len(y))
    for k in np.unique(fold):
        base[fold == k] = y[fold != k].mean()
    print(f"  {'base rate':28s} {'':7s} {figures(y, base, fold)[1]:9.4f}")
    for label, make in peers(x).items():
        p, start = np.empty(len(y)), time.process_time()
        for k in np.unique(fold):
            p[fold == k] = make().fit(x[fold != k], y[fold != k]).predict_proba(x[fold == k])[:, 1]
        print("  %-28s %7.4f %9.4f %7.4f %8.2f" % (label, *figures(y, p, fold), time.process_time() - start), flush=True)
    with tempfile.TemporaryDirectory() as d:
        data, folds, predictions = (os.path.join(d, f) for f in ("data.csv", "folds.csv", "p.csv"))
        x.assign(row_key=[f"k{i}" for i in range(len(y))], outcome_y=y).to_csv(data, index=False, quoting=csv.QUOTE_MINIMAL)
        pd.DataFrame({"id": [f"k{i}" for i in range(len(y))], "fold": fold}).to_csv(folds, index=False)
        for label, flags in (("verso logistic", ["--learner", "logistic", "--plain"]), ("verso trees .05 d3 200", ["--learner", "trees", "--plain"]), ("verso auto", []))[:3 if searched else 2]:
            run = subprocess.run([verso, "evaluate", "propensity", "--data", data, "--target", "outcome_y", "--id", "row_key", "--folds", folds,
                                  "--predictions", predictions, "--format", "json", "--threads", "1", *flags], capture_output=True, text=True)
            if run.returncode:
                print(f"  {label:28s} {run.stderr.strip()}")
                continue
            out = json.loads(run.stdout)
            p = pd.read_csv(predictions).p.values
            t = out["timings"]
            print("  %-28s %7.4f %9.4f %7.4f %8.2f  %s" % (label, *figures(y, p, fold), sum(t[part]["cpu_seconds"] for part in ("choose", "fit", "score")),
                                                         "" if flags else "; ".join(sorted({s["name"] + (", calibrated" if s["calibrated"] else "") for s in out["settings"]}))), flush=True)


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--verso", default="bin/verso")
    a.add_argument("--telco", default=os.path.join(os.environ.get("VERSO_DATA", ""), "telco"), help="folder of the Telco data and folds")
    a.add_argument("--only", default="", help="names of tables, separated by commas")
    a.add_argument("--million", action="store_true", help="also time fits on a million rows")
    a.add_argument("--seed", type=int, default=1)
    o = a.parse_args()
    only = [n for n in o.only.split(",") if n]
    if os.path.exists(os.path.join(o.telco, "folds_seed0.csv")) and (not only or "telco" in only):
        compare("telco", *telco(o.telco), o.verso)
    if o.million:
        compare("million", *million(o.telco, np.random.default_rng(o.seed)), o.verso, searched=False)
    for k, (name, make) in enumerate(MADE.items()):
        if only and name not in only:
            continue
        x, y = make(np.random.default_rng([o.seed, k]))
        fold = np.empty(len(y), int)
        for f, (_, test) in enumerate(StratifiedKFold(5, shuffle=True, random_state=o.seed).split(x, y)):
            fold[test] = f
        compare(name, x, y, fold, o.verso)


if __name__ == "__main__":
    main()
