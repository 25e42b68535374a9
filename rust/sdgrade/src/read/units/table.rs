//! Every unit that is read: what it is called, what it measures and how it converts.

/// Base units and their powers.
pub(super) type Dimension = &'static [(&'static str, i32)];

/// A unit: its names (singular, of one or more words) and symbols, how many base units it is as a fraction, its
/// dimension, and whether `k`, `m`, `kilo` and the like may stand before it.
pub(super) struct Entry {
    pub(super) names: &'static [&'static str],
    pub(super) symbols: &'static [&'static str],
    pub(super) factor: (i64, i64),
    pub(super) dimension: Dimension,
    pub(super) prefixed: bool,
    /// Whether the symbols are units in upright type alone: letters that run on as `pc` may be a product.
    pub(super) upright: bool,
}

const fn entry(
    names: &'static [&'static str],
    symbols: &'static [&'static str],
    factor: (i64, i64),
    dimension: Dimension,
    prefixed: bool,
) -> Entry {
    Entry { names, symbols, factor, dimension, prefixed, upright: false }
}

impl Entry {
    /// The unit, whose symbols are letters of mathematics outside of upright type.
    const fn upright(self) -> Entry {
        Entry { upright: true, ..self }
    }
}

const LENGTH: Dimension = &[("m", 1)];
const AREA: Dimension = &[("m", 2)];
const VOLUME: Dimension = &[("m", 3)];
const MASS: Dimension = &[("kg", 1)];
const TIME: Dimension = &[("s", 1)];
const CALENDAR: Dimension = &[("month", 1)];
const FORCE: Dimension = &[("kg", 1), ("m", 1), ("s", -2)];
const ENERGY: Dimension = &[("kg", 1), ("m", 2), ("s", -2)];
const CAPACITY: Dimension = &[("bit", 1)];
const TURN: Dimension = &[("turn", 1)];
const FLUX: Dimension = &[("A", -1), ("kg", 1), ("m", 2), ("s", -2)];
const FIELD: Dimension = &[("A", -1), ("kg", 1), ("s", -2)];
const POWER: Dimension = &[("kg", 1), ("m", 2), ("s", -3)];
const PRESSURE: Dimension = &[("kg", 1), ("m", -1), ("s", -2)];
pub(super) const USD: Dimension = &[("usd", 1)];
const EUR: Dimension = &[("eur", 1)];
const GBP: Dimension = &[("gbp", 1)];
const CNY: Dimension = &[("cny", 1)];
const JPY: Dimension = &[("jpy", 1)];
const INR: Dimension = &[("inr", 1)];
const RUB: Dimension = &[("rub", 1)];
pub(super) const MONEY: [Dimension; 7] = [USD, EUR, GBP, CNY, JPY, INR, RUB];

/// Every unit that is read.
pub(super) static UNITS: &[Entry] = &[
    entry(&["meter", "metre", "米"], &["m"], (1, 1), LENGTH, true),
    entry(&["centimeter", "厘米"], &[], (1, 100), LENGTH, false),
    entry(&["毫米"], &[], (1, 1000), LENGTH, false),
    entry(&["分米"], &[], (1, 10), LENGTH, false),
    entry(&["千米", "公里"], &[], (1000, 1), LENGTH, false),
    entry(&["angstrom"], &["Å", "\u{212b}"], (1, 10_000_000_000), LENGTH, false),
    entry(&["micron"], &[], (1, 1_000_000), LENGTH, false),
    entry(&["light year", "lightyear"], &["ly"], (9_460_730_472_580_800, 1), LENGTH, false)
        .upright(),
    entry(&["astronomical unit"], &["AU", "au"], (149_597_870_700, 1), LENGTH, false).upright(),
    entry(&["parsec"], &["pc"], (1, 1), &[("parsec", 1)], true).upright(),
    entry(&["nautical mile"], &[], (1852, 1), LENGTH, false),
    entry(&["foot", "feet"], &["ft"], (3048, 10_000), LENGTH, false),
    entry(&["inch", "inches"], &["in"], (254, 10_000), LENGTH, false),
    entry(&["yard"], &["yd"], (9144, 10_000), LENGTH, false),
    entry(&["mile", "英里"], &["mi"], (1_609_344, 1000), LENGTH, false),
    entry(&["平方米"], &[], (1, 1), AREA, false),
    entry(&["平方厘米"], &[], (1, 10_000), AREA, false),
    entry(&["平方千米"], &[], (1_000_000, 1), AREA, false),
    entry(&["hectare", "公顷"], &["ha"], (10_000, 1), AREA, false),
    entry(&["acre"], &[], (40_468_564_224, 10_000_000), AREA, false),
    entry(&["立方米"], &[], (1, 1), VOLUME, false),
    entry(&["立方厘米"], &["cc"], (1, 1_000_000), VOLUME, false),
    entry(&["liter", "litre", "升"], &["L", "l"], (1, 1000), VOLUME, true),
    entry(&["毫升"], &[], (1, 1_000_000), VOLUME, false),
    entry(&["gallon"], &["gal"], (3_785_411_784, 1_000_000_000_000), VOLUME, false),
    entry(&["quart"], &["qt"], (946_352_946, 1_000_000_000_000), VOLUME, false),
    entry(&["pint"], &["pt"], (473_176_473, 1_000_000_000_000), VOLUME, false).upright(),
    entry(&["cup"], &[], (2_365_882_365, 10_000_000_000_000), VOLUME, false),
    entry(&["fluid ounce"], &["fl oz"], (295_735_295_625, 10_000_000_000_000_000), VOLUME, false)
        .upright(),
    entry(&["tablespoon"], &["tbsp"], (1_478_676_478_125, 100_000_000_000_000_000), VOLUME, false),
    entry(&["teaspoon"], &["tsp"], (1_478_676_478_125, 300_000_000_000_000_000), VOLUME, false),
    entry(&["gram", "gramme", "克"], &["g", "gm", "gms"], (1, 1000), MASS, true),
    entry(&["斤"], &[], (1, 2), MASS, false),
    entry(&["kilo", "千克", "公斤"], &["kgs"], (1, 1), MASS, false),
    entry(&["dalton", "atomic mass unit"], &["amu", "Da"], (1, 1), &[("dalton", 1)], true)
        .upright(),
    entry(&["slug"], &[], (1, 1), &[("slug", 1)], false).upright(),
    entry(&["tonne", "metric ton", "吨"], &["t"], (1000, 1), MASS, false),
    entry(&["ton"], &[], (1, 1), &[("ton", 1)], false),
    entry(&["pound"], &["lb", "lbs"], (45_359_237, 100_000_000), MASS, false),
    entry(&["ounce"], &["oz"], (45_359_237, 1_600_000_000), MASS, false),
    entry(&["second", "秒"], &["s", "sec", "secs"], (1, 1), TIME, true),
    entry(&["minute", "分钟"], &["min", "mins"], (60, 1), TIME, false),
    entry(&["hour", "小时"], &["h", "hr", "hrs"], (3600, 1), TIME, false),
    entry(&["day", "天"], &["d"], (86_400, 1), TIME, false).upright(),
    entry(&["week", "周"], &[], (604_800, 1), TIME, false),
    entry(&["fortnight"], &[], (1_209_600, 1), TIME, false),
    entry(&["month", "个月"], &[], (1, 1), CALENDAR, false),
    entry(&["year", "年"], &["yr", "yrs"], (12, 1), CALENDAR, true),
    entry(&[], &["y"], (12, 1), CALENDAR, false).upright(),
    entry(&["decade"], &[], (120, 1), CALENDAR, false),
    entry(&["century", "centuries"], &[], (1200, 1), CALENDAR, false),
    entry(&["newton"], &["N"], (1, 1), FORCE, true),
    entry(&["dyne"], &["dyn"], (1, 100_000), FORCE, false).upright(),
    entry(&["pound force"], &["lbf"], (44_482_216_152_605, 10_000_000_000_000), FORCE, false)
        .upright(),
    entry(&["kilogram force"], &["kgf"], (980_665, 100_000), FORCE, false).upright(),
    entry(&["kip"], &[], (44_482_216_152_605, 10_000_000_000), FORCE, false).upright(),
    entry(&["erg"], &[], (1, 10_000_000), ENERGY, false).upright(),
    entry(&[], &["BTU", "Btu"], (1, 1), &[("btu", 1)], false).upright(),
    entry(&["joule"], &["J"], (1, 1), ENERGY, true),
    entry(&["electronvolt", "electron volt"], &["eV"], (1, 1), &[("eV", 1)], true),
    entry(&["calorie"], &["cal"], (4184, 1000), ENERGY, true),
    entry(&[], &["Wh"], (3600, 1), ENERGY, true),
    entry(&["watt"], &["W"], (1, 1), POWER, true),
    entry(&["horsepower"], &["hp"], (1, 1), &[("hp", 1)], false),
    entry(&["pascal"], &["Pa"], (1, 1), PRESSURE, true),
    entry(&["poise"], &["P"], (1, 10), &[("kg", 1), ("m", -1), ("s", -1)], true).upright(),
    entry(&["bar"], &["bar"], (100_000, 1), PRESSURE, true),
    entry(&["atmosphere"], &["atm"], (101_325, 1), PRESSURE, false),
    entry(&["torr"], &["Torr", "mmHg", "mm Hg"], (101_325, 760), PRESSURE, false),
    entry(&["ampere", "amp"], &["A"], (1, 1), &[("A", 1)], true),
    entry(&["coulomb"], &["C"], (1, 1), &[("A", 1), ("s", 1)], true),
    entry(&["volt"], &["V"], (1, 1), &[("A", -1), ("kg", 1), ("m", 2), ("s", -3)], true),
    entry(&["ohm"], &["Ω", "Ω"], (1, 1), &[("A", -2), ("kg", 1), ("m", 2), ("s", -3)], true),
    entry(&["farad"], &["F"], (1, 1), &[("A", 2), ("kg", -1), ("m", -2), ("s", 4)], true),
    entry(&["tesla"], &["T"], (1, 1), FIELD, true),
    entry(&["gauss"], &["G"], (1, 10_000), FIELD, true).upright(),
    entry(&["weber"], &["Wb"], (1, 1), FLUX, true).upright(),
    entry(
        &["henry", "henries"],
        &["H"],
        (1, 1),
        &[("A", -2), ("kg", 1), ("m", 2), ("s", -2)],
        true,
    )
    .upright(),
    entry(&["siemens"], &["S"], (1, 1), &[("A", 2), ("kg", -1), ("m", -2), ("s", 3)], true)
        .upright(),
    entry(&["debye"], &["D"], (1, 1), &[("debye", 1)], false).upright(),
    entry(&["becquerel"], &["Bq"], (1, 1), &[("s", -1)], true).upright(),
    entry(&["curie"], &["Ci"], (37_000_000_000, 1), &[("s", -1)], true).upright(),
    entry(&["sievert"], &["Sv"], (1, 1), &[("sievert", 1)], true).upright(),
    entry(&["gray"], &["Gy"], (1, 1), &[("gray", 1)], true).upright(),
    entry(&["candela"], &["cd"], (1, 1), &[("candela", 1)], false).upright(),
    entry(&["lumen"], &["lm"], (1, 1), &[("lumen", 1)], false).upright(),
    entry(&["lux"], &["lx"], (1, 1), &[("lumen", 1), ("m", -2)], false).upright(),
    entry(&["decibel"], &["dB"], (1, 1), &[("decibel", 1)], false).upright(),
    entry(&["speed of light"], &["c"], (1, 1), &[("light", 1)], false).upright(),
    entry(&[], &["ppm"], (1, 1), &[("ppm", 1)], false).upright(),
    entry(&["hertz"], &["Hz"], (1, 1), &[("s", -1)], true),
    entry(&["mole"], &["mol"], (1, 1), &[("mol", 1)], true),
    entry(&["molar"], &["M"], (1000, 1), &[("m", -3), ("mol", 1)], true).upright(),
    entry(&["radian"], &["rad"], (1, 1), &[("rad", 1)], true),
    entry(&["revolution"], &["rev", "revs"], (1, 1), TURN, false),
    entry(&["degree", "deg", "度"], &[], (1, 360), TURN, false),
    entry(
        &["arcminute", "arc minute", "minute of arc", "minutes of arc"],
        &["arcmin"],
        (1, 21_600),
        TURN,
        false,
    ),
    entry(
        &["arcsecond", "arc second", "second of arc", "seconds of arc"],
        &["arcsec"],
        (1, 1_296_000),
        TURN,
        false,
    ),
    entry(&["celsius", "摄氏度"], &["°C", "℃"], (1, 1), &[("celsius", 1)], false),
    entry(&["fahrenheit"], &["°F", "℉"], (1, 1), &[("fahrenheit", 1)], false),
    entry(&["kelvin"], &["K"], (1, 1), &[("kelvin", 1)], false),
    entry(&["byte"], &[], (8, 1), CAPACITY, true).upright(),
    entry(&[], &["kB"], (8000, 1), CAPACITY, false).upright(),
    entry(&[], &["MB"], (8_000_000, 1), CAPACITY, false).upright(),
    entry(&[], &["GB"], (8_000_000_000, 1), CAPACITY, false).upright(),
    entry(&[], &["TB"], (8_000_000_000_000, 1), CAPACITY, false).upright(),
    entry(&["bit"], &[], (1, 1), CAPACITY, true).upright(),
    entry(&[], &["kb"], (1000, 1), CAPACITY, false).upright(),
    entry(&[], &["Mb"], (1_000_000, 1), CAPACITY, false).upright(),
    entry(&[], &["Gb"], (1_000_000_000, 1), CAPACITY, false).upright(),
    entry(&["knot"], &["kn", "kt"], (1852, 3600), &[("m", 1), ("s", -1)], false).upright(),
    entry(&["unit"], &["u"], (1, 1), &[("unit", 1)], false).upright(),
    entry(&["dollar", "buck", "美元"], &["USD", "usd"], (1, 1), USD, false),
    entry(&["cent", "penny", "pennies"], &["¢"], (1, 100), USD, false),
    entry(&["pence"], &[], (1, 100), GBP, false),
    entry(&["euro"], &["EUR", "eur"], (1, 1), EUR, false),
    entry(&["gbp"], &["GBP"], (1, 1), GBP, false),
    entry(&["yuan", "rmb", "元"], &["CNY", "RMB"], (1, 1), CNY, false),
    entry(&["yen", "日元"], &["JPY"], (1, 1), JPY, false),
    entry(&["rupee"], &["INR", "Rs"], (1, 1), INR, false),
    entry(&["ruble", "rouble", "рубль", "рублей"], &["RUB"], (1, 1), RUB, false),
    entry(&["kopeck", "kopek", "копеек"], &[], (1, 100), RUB, false),
    entry(&["角"], &[], (1, 10), CNY, false),
];

/// What stands before a unit to make it larger or smaller: word, symbol, power of ten.
pub(super) const PREFIXES: [(&str, &str, i32); 14] = [
    ("kilo", "k", 3),
    ("centi", "c", -2),
    ("milli", "m", -3),
    ("deci", "d", -1),
    ("micro", "μ", -6),
    ("micro", "µ", -6),
    ("micro", "u", -6),
    ("nano", "n", -9),
    ("femto", "f", -15),
    ("mega", "M", 6),
    ("giga", "G", 9),
    ("tera", "T", 12),
    ("pico", "p", -12),
    ("hecto", "h", 2),
];

/// Compounds that are written as one word.
pub(super) const RUN_TOGETHER: [(&str, &str); 19] = [
    ("mph", "mile / hour"),
    ("kph", "km / hour"),
    ("kmh", "km / hour"),
    ("kmph", "km / hour"),
    ("mps", "m / s"),
    ("mpg", "mile / gallon"),
    ("rpm", "revolution / minute"),
    ("bps", "bit / s"),
    ("kbps", "kilobit / s"),
    ("Mbps", "megabit / s"),
    ("Gbps", "gigabit / s"),
    ("psi", "lbf / inch ^2"),
    ("ksi", "kip / inch ^2"),
    ("VA", "V * A"),
    ("JK", "J * K"),
    ("Nm", "N * m"),
    ("Ah", "A * hour"),
    ("mAh", "mA * hour"),
    ("mcg", "microgram"),
];
