from __future__ import annotations

import pytest

from bench.splits.sources import SOURCES, related_group, source_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adbench:42_WBC", "adbench:4_breastw"),
        ("adbench:43_WDBC,test=0.2", "breast_cancer"),
        ("adbench:6_cardio", "7_Cardiotocography"),
        ("adbench:26_optdigits", "digits:anomaly=3"),
        ("adbench:19_landsat", "adbench:31_satimage-2"),
        ("adbench:16_http", "adbench:34_smtp"),
        ("adbench:2_annthyroid", "adbench:38_thyroid"),
        ("adbench:20news_3", "adbench:20news_0"),
        ("adbench:44_Wilt,duplicates=drop", "44_Wilt"),
        ("bumps:noise=0.1", "bumps"),
        ("nab:nyc_taxi", "tsb_ad:006_NAB_id_6_Traffic_tr_2579_1st_5839"),
        ("nab:speed_t4013", "nab:occupancy_6005"),
        ("smap:P-1,channels=1", "tsb_ad:151_SMAP_id_8_Sensor_tr_1971_1st_4870"),
        ("tsb_ad:300_UCR_id_1_Facility_tr_100_1st_200", "tsb_ad:301_UCR_id_2_Sensor_tr_100_1st_200"),
    ],
)
def test_related_datasets_have_one_group(one, other):
    assert related_group(one) == related_group(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adbench:24_mnist", "adbench:26_optdigits"),
        ("adbench:45_wine", "adbench:44_Wilt"),
        ("openml:44", "uci:44"),
        ("bumps", "breast_cancer"),
        ("nab:nyc_taxi", "nab:ambient_temperature_system_failure"),
        ("smap:P-1", "msl:P-10"),
        ("tsb_ad:300_UCR_id_1_Facility_tr_100_1st_200", "tsb_ad:301_YAHOO_id_2_WebService_tr_100_1st_200"),
    ],
)
def test_others_have_groups_of_their_own(one, other):
    assert related_group(one) != related_group(other)


def test_no_dataset_has_two_sources():
    names = [name for source in SOURCES for name in source.datasets]
    assert len(names) == len(set(names))
    assert source_of("adbench:45_wine") is None
