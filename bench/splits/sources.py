"""Which datasets come from one source: what they say of a detector is not said twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from bench.errors import BenchError
from bench.spec import Spec


@dataclass(frozen=True)
class Source:
    """A source that several datasets derive from: names, which may be patterns, and how they derive."""

    name: str
    datasets: tuple[str, ...]
    why: str


def _of_nab(*ids: int) -> tuple[str, ...]:
    """The series of TSB-AD that it took from NAB, by their numbers there."""
    return tuple(f"nab_id_{each}_*" for each in ids)


# Names as in ADBench and scikit-learn, in small letters and without ADBench's leading number, and identifiers
# of OpenML and UCI. Only what the sources say, or what was found in the files.
SOURCES = (
    Source(
        "breast cancer Wisconsin",
        ("wbc", "breastw", "openml:15", "uci:15", "wdbc", "wpbc", "breast_cancer", "openml:1510", "uci:17"),
        "tumours seen at one hospital: WBC is a part of breastw, WDBC of breast_cancer, and most rows of "
        "WPBC are rows of breast_cancer",
    ),
    Source(
        "cardiotocography",
        ("cardio", "cardiotocography", "openml:1466", "uci:193"),
        "the same recordings from UCI; cardio leaves out those that were graded suspect",
    ),
    Source(
        "Landsat",
        ("landsat", "satellite", "satimage-2", "openml:182", "uci:146", "oddbench:satelliteanomaly"),
        "the same pixels from UCI's Statlog collection, with other classes for anomalous",
    ),
    Source(
        "thyroid disease",
        ("thyroid", "annthyroid", "oddbench:thyroiddisease"),
        "the same patients from UCI's ann-thyroid files; thyroid is their training part",
    ),
    Source("shuttle", ("shuttle", "oddbench:shuttleanomaly"), "UCI's Statlog shuttle"),
    Source("KDD Cup 1999", ("http", "smtp"), "connections of one simulated network, by service"),
    Source(
        "optical digits",
        ("optdigits", "digits", "openml:28", "uci:80"),
        "UCI's optdigits; scikit-learn's digits are its test part, most rows of which are in ADBench's file",
    ),
    Source("MNIST", ("mnist", "mnist-c_*"), "the same digits, the latter corrupted"),
    Source("Fashion-MNIST", ("fashionmnist_*",), "one class each of the same pictures"),
    Source("CIFAR-10", ("cifar10_*",), "one class each of the same pictures"),
    Source("SVHN", ("svhn_*",), "one class each of the same pictures"),
    Source("MVTec AD", ("mvtec-ad_*",), "pictures of one collection, one object each"),
    Source("20 newsgroups", ("20news_*",), "one class each of the same messages"),
    Source("AG news", ("agnews_*",), "one class each of the same news"),
    # Tables of OddBench that share rows, or nearly all columns.
    *(
        Source(name, tuple(f"oddbench:{table.lower()}" for table in tables.split()), why)
        for name, tables, why in (
            ("wine quality", "WineFraud WineQuality", "all rows of one are in the other"),
            ("bank customers", "DoctorVisits TelecomMarketing", "nine tenths of their rows are equal"),
            (
                "Argentina's COVID cases",
                "CovidEpidemiology EpidemiologyCases",
                "seven tenths of their distinct rows are equal",
            ),
            ("software metrics", "CodeQualityMetrics SoftwareQualityMetrics", "the same 56 measures"),
            ("code smells", "CodeSmell CodeSmellSeverity", "the same reviews"),
            (
                "JMeter",
                "DatabaseConnectionAnomaly NetworkResponseAnomalies ServerTestMetrics",
                "logs of one load-testing program",
            ),
            (
                "diabetes in US hospitals",
                "DiabetesSpecialty HospitalReadmissions PatientReadmission",
                "the same admissions, with other columns for anomalous",
            ),
            (
                "gene expression",
                "DifferentialExpression GeneExpressionAnalysis GeneExpressionStatus",
                "output of one program",
            ),
            ("exam results", "ExamPerformance PerformanceResult", "the same marks"),
            ("Kickstarter", "KickstarterCampaigns KickstarterProjects", "projects of one site"),
            (
                "attacks in India",
                "IndiaAttackAnalysis SecurityIncidentCategorization",
                "the same columns of one register of attacks",
            ),
            ("superstore", "SalesOrderPriority SuperStoreOrderPriority", "orders of one sample of sales"),
            ("street trees", "TreeCondition UrbanPlantBenefits TreesInPittsburgh", "trees of one city"),
        )
    ),
    # Series of NAB, and what TSB-AD made of them.
    Source("NAB's generator", ("nab:art_*", *_of_nab(8, 17)), "made up by one program"),
    Source(
        "Twitter volumes",
        ("nab:twitter_volume_*", *_of_nab(2, 25)),
        "mentions of companies in the same weeks",
    ),
    Source(
        "Twin Cities traffic",
        ("nab:occupancy_*", "nab:speed_*", "nab:traveltime_*", *_of_nab(5, 9, 13, 26)),
        "sensors along the same roads",
    ),
    Source("ad exchange", ("nab:exchange-*", *_of_nab(10, 14)), "prices and views of one online advertiser"),
    Source(
        "AWS servers",
        (
            "nab:ec2_*",
            "nab:elb_*",
            "nab:grok_*",
            "nab:iio_*",
            "nab:rds_*",
            "nab:cpu_utilization_*",
            *_of_nab(1, 19, 23),
        ),
        "metrics of one cloud, several of the same machines",
    ),
    Source("keystrokes", ("nab:rogue_agent_*", *_of_nab(18)), "typing at one computer"),
    Source("New York taxis", ("nab:nyc_taxi", *_of_nab(6)), "the same series"),
    Source("office temperature", ("nab:ambient_temperature_*", *_of_nab(16)), "the same series"),
    Source("SMAP", ("smap:*", "smap_id_*"), "telemetry of one satellite"),
    Source("Curiosity", ("msl:*", "msl_id_*"), "telemetry of one rover"),
)
# Datasets whose files say in their names which collection each came from.
COLLECTED = {"tsb_ad": re.compile(r"(\w+?)_id_\d+_.*")}


@cache
def source_of(label: str) -> Source | None:
    """The source that a dataset shares with others, by its name or label; None where it shares none."""
    names = _names(label)
    for source in SOURCES:
        if any(fnmatchcase(name, pattern) for name in names for pattern in source.datasets):
            return source
    return None


def related_group(label: str) -> str:
    """One name for all datasets that come from one source, to group by in statistics.

    Variants of a synthetic family are related, as are a file with and without other parameters. Takes a
    label such as "adbench:6_cardio" or a file's name alone.
    """
    source = source_of(label)
    name, full_name = _names(label)
    if source is not None:
        return source.name
    says = COLLECTED.get(full_name.partition(":")[0])
    collected = says and says.fullmatch(name)
    if collected:
        return collected[1]
    return full_name if name.isdigit() else name


def _names(label: str) -> tuple[str, str]:
    """What a label may be listed under: its file or identifier, if it has one, without the rest and with."""
    try:
        spec = Spec.parse(label)
    except BenchError:
        spec = Spec(label)
    name = re.sub(r"^\d+_", "", spec.bare or spec.name).lower()
    return name, f"{spec.name}:{spec.bare}".lower()
