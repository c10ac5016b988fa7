#!/usr/bin/env bash
# The reference runs, and all that is made of them. Usage: bash results/remake.sh ADBENCH SERIES ODDBENCH, the folders
# of its npz files, of NAB's `data` and `labels` and the arrays of SMAP and MSL with telemanom's
# `labeled_anomalies.csv`, and of OddBench's npz files, which is named oddbench. What has finished is not run again;
# to begin anew: rm -r results/runs/reference-*. Five hours on two cores, which nothing else should use: the figures
# of costs are measured here.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$1 series=$2 oddbench=$3
bench() { python -m bench "$@"; }
quick=copod,ecod,hbos,knn,lof,ocsvm

bench run --all --name reference-core
# One split for all, and three but for the six detectors that take most of the time.
bench run --suite adbench --all --seeds 1 --data-dir "$data" --name reference-adbench
slow='dif label_weighted rod self_organising_map suod xgbod'
others=$(python -c 'import sys; from bench.plugins.registry import load_registry
print(",".join(sorted(set(load_registry(()).detectors) - set(sys.argv[1:]))))' $slow)
bench run --suite adbench --seeds 3 --data-dir "$data" --name reference-adbench --detectors "$others"
bench run --suite false-alarms --all --name reference-false-alarms
bench run --suite regimes --data-dir "$data" --name reference-regimes
bench run --suite recommend-study --data-dir "$data" --name reference-recommend
bench run --suite article --name reference-article
bench run --suite article --name reference-article --detectors autoencoder_difference_forest --seeds 40
# Where `reproduce` ends with 1, there are figures left that nothing explains: the table says which.
bench reproduce dte-one-class --detectors $quick --data-dir "$data" --name reference-dte-one-class \
    --datasets glass,Hepatitis,Lymphography,Pima,vertebral,WBC,wine,WPBC,breastw
# These have more than 1 000 rows and are not resampled: every seed splits them in the same way.
bench reproduce dte-one-class --detectors $quick --data-dir "$data" --name reference-dte-one-class --seeds 1 \
    --datasets fault,InternetAds,landsat,mnist,musk,optdigits,PageBlocks,satellite,SpamBase,thyroid,Waveform,yeast \
    --datasets cardio,Cardiotocography || [ $? = 1 ]
bench run --suite replication --name reference-replication
bench run --suite sweep-bumps-noise --regimes unsupervised --name reference-sweep-bumps-noise
# Of the tables that do not leak the 265 that are smallest, and those that are first by name among all up to a size.
chosen=$(python -c 'from bench.data.oddbench import odd_tables
from bench.report.studies.thousand import FIRST, MOST_ROWS
clean = sorted((each for each in odd_tables().values() if each.is_clean), key=lambda each: each.train + each.test)
names = [each.name for each in clean[:265]]
for most in MOST_ROWS:
    names += sorted(each.name for each in clean if each.train <= most)[:FIRST]
print(" ".join(f"--datasets oddbench:{name},rows=10000" for name in dict.fromkeys(names)))')
bench run --suite thousand --seeds 1 --data-dir "$oddbench" --name reference-thousand $chosen
bench run --suite settings --data-dir "$oddbench" --name reference-settings --detectors \
    knn,lof,dte_np,histogram_neighbour_density,isolation_forest,inne,hbos,loda,pca,one_class_svm,nystroem_one_class_svm \
    --detectors cblof,k_means,gmm,kde
# Of 60 sources the smallest, and ADBench's tables: in a folder that has both.
both=$(mktemp -d) && ln -s "$(realpath "$data")"/*.npz "$both" && ln -s "$(realpath "$oddbench")" "$both/oddbench"
few=$(python -c 'from bench.data.oddbench import odd_tables
from bench.splits.sources import related_group
clean = sorted((each for each in odd_tables().values() if each.is_clean), key=lambda each: each.train + each.test)
labels = [f"oddbench:{each.name},rows=10000" for each in clean]
smallest = {related_group(label): label for label in reversed(labels)}
print(" ".join(f"--datasets {label}" for label in [each for each in labels if each in smallest.values()][:60]))')
bench run --suite scaling --data-dir "$both" --name reference-scaling $few --datasets 'adbench:*,rows=1000'
# The 66 series with an anomaly that are shortest; what draws has three seeds, but for PyOD's SAND, which takes longest.
real=$(python -c 'from bench.data.series import known_series
found = [each for each in known_series().values() if each.anomalies and each.collection != "msl"]
for each in sorted(found, key=lambda each: each.points)[:66]:
    print("--datasets", each.label + (",channels=1" if each.collection == "smap" else ""))')
bench run --suite series-real --seeds 1 --data-dir "$series" --name reference-series-real $real
bench run --suite series-real --seeds 3 --data-dir "$series" --name reference-series-real $real --detectors \
    convolutional_forecast,half_space_trees,isolation_forest,kmeans_ad,pyod_time_series_od,random_score \
    --detectors robust_random_cut_forest,series_hidden_markov_model \
    --detectors isolation_forest:smoothing=auto,window=auto \
    --detectors gaussian_mixture:window=auto --detectors inne:window=auto --detectors isolation_forest:window=auto \
    --detectors k_means:window=auto
bench reproduce tsb-ad-u --data-dir "$series" --name reference-tsb-ad-u || [ $? = 1 ]
bench reproduce tsb-ad-u --data-dir "$series" --name reference-tsb-ad-u --seeds 10 \
    --detectors 'isolation_forest*,kmeans_ad*' || [ $? = 1 ]

for run in core adbench; do
    bench thresholds --run reference-$run --methods iqr,karch,hist,mad
done
bench pack reference-core --keep-scores 1
bench pack reference-article
bench pack reference-recommend
for run in adbench false-alarms regimes replication series-real settings sweep-bumps-noise thousand; do
    bench pack reference-$run --keep-scores 0 --digits 5
done
bench pack reference-scaling --keep-scores 0 --digits 4
# What is held against published figures keeps a digit more than these have.
for run in dte-one-class tsb-ad-u; do
    bench pack reference-$run --keep-scores 0 --digits 6
done

bench time --limit 30s --rows 1000,4000,16000 --features 10,100 --detectors \
    autoencoder,copod,dte_np,ecod,gmm,hbos,isolation_forest,kde,knn,lof,mahalanobis,one_class_svm,pca,random_forest,xgboost
bench time --name large --limit 5m --repeats 1 --rows 16000,64000,256000 --features 20 --detectors \
    hbos,ecod,copod,isolation_forest,pca,loda,mahalanobis,sampling,knn,lof
# The last two cells, of a million points, take a quarter of an hour and half an hour.
bench time --points 10000,100000,1000000 --limit 2h --detectors \
    'spectral_residual,hbos:normalize=true,window=100' --detectors matrix_profile:window=100,sub_knn:window=100
# At 1000 rows three libraries run longer than the limit; at 300 they can be compared.
bench time --implementations --rows 300,1000 --features 10 --repeats 5 --limit 1m
bench report
cp results/recommend.json bench/recommend/study.json # what `recommend` says of the study
cp results/recommend-normal.json bench/recommend/normal_rows.json # and what it chooses by where rows are normal
BENCH_DATA_DIR=$data python tests/simulations/alert_budgets.py > results/alert-budgets.md # asked and reached
BENCH_DATA_DIR=$data python tests/simulations/stability.py results # with other seeds, and other training rows
python tests/simulations/simulate.py > results/simulations.md # coverage of intervals, errors of races
python tests/browser/take_screenshots.py                      # look at each
