//! Chinese, which is written without spaces: a run of words is looked through for the signs that change what it says.

use super::{meaning, units};
use std::borrow::Cow;

/// Signs of a run that denies, doubts, bounds or offers something else.
const HEDGES: [&str; 44] = [
    "不", "非", "无", "没", "但", "或", "错", "误", "除", "可能", "也许", "当", "若", "如果", "舍",
    "假设", "猜", "大概", "大于", "小于", "超过", "多于", "少于", "高于", "低于", "至少", "至多",
    "最多", "最少", "上界", "下界", "上限", "下限", "未必", "从未", "尚未", "并未", "否认", "似乎",
    "好像", "貌似", "估计", "反例", "之一",
];

/// Signs of a subject that is one of several, is said by somebody or at times, or is made of the answer.
const NOT_THE_ANSWER: [&str; 20] = [
    "大约",
    "其中",
    "某",
    "另",
    "有时",
    "有人",
    "有的",
    "有些",
    "例如",
    "比如",
    "通常",
    "一般",
    "认为",
    "觉得",
    "据说",
    "曾",
    "应该",
    "答案的",
    "结果的",
    "怀疑",
];

/// Ends of what is another number than the thing that it is said of.
const OPERATIONS: [&str; 8] = ["平方", "立方", "一半", "倍", "倒数", "相反数", "绝对值", "阶乘"];

/// Adverbs before a copula.
const ADVERBS: [&str; 16] = [
    "分别", "总共", "一共", "正好", "恰好", "刚好", "均", "都", "就", "也", "共", "即", "恒", "应",
    "仅", "各",
];

/// The last signs of nouns for what has a value, or for what is told by a pronoun.
const NOUNS: &str = "值积长率数案和差商式程标集围域径距离角度量比价速间重高宽厚轴心项根解点段边号目元额润本入款果龄天日期次序位名\
    线面体形圆球环底腰弦力能功压流阻温质热频幅它者个题列行极导分望布秩阵甲乙丙丁法类型费利息路水电求余填空论答故这那车人约";

/// Signs before `为` with which it makes a word that is no copula: `因为`, `认为`, `作为`.
const NO_COPULA_BEFORE_WEI: &str = "因认作称成变以改视记分设化";
/// The same before `是`: `但是`, `要是`, `好像是`.
const NO_COPULA_BEFORE_SHI: &str = "但可或要若凡像似怕许还该而";

/// Measure words, and units that are counted: what the number before them counts.
const MEASURES: &str = "个個只隻名人位条條件本张張支枝块塊种種次天年月日岁歲时時分秒度页頁辆輛台套组組班间間层層棵株朵头頭匹群箱袋瓶盒\
    包份道题題句段节節篇首部架艘根片粒颗顆滴把双雙对對副排列行步站路圈周户家所座处處场場届级級楼樓元角毛米项項类類点點号號\
    名面口枚桶筐堆捆串卷吨斤千克升里平立公厘毫倍环球局轮盘枪票票";

/// Words with such a sign in them that say nothing of the kind.
const HARMLESS: [&str; 11] =
    ["不同", "不等式", "不动点", "非负", "无理", "无穷", "除数", "除法", "整除", "误差", "相当"];

/// Whether a run denies, doubts, bounds or offers something else.
pub(super) fn hedges(run: &str) -> bool {
    let mut rest = Cow::Borrowed(run);
    for word in HARMLESS {
        if rest.contains(word) {
            rest = Cow::Owned(rest.replace(word, ""));
        }
    }
    HEDGES.iter().any(|sign| rest.contains(sign))
}

/// Whether a run ends in a copula that is no part of a longer word.
pub(super) fn ends_in_copula(run: &str, copula: &str) -> bool {
    let before = run.strip_suffix(copula).and_then(|rest| rest.chars().next_back());
    let joined = match copula {
        "为" => NO_COPULA_BEFORE_WEI,
        "是" => NO_COPULA_BEFORE_SHI,
        _ => "",
    };
    before.is_some_and(|sign| !joined.contains(sign)) && !hedges(run)
}

/// Whether words of a subject say that the value behind it is not the answer.
pub(super) fn takes_back(run: &str) -> bool {
    let one = run.contains("一个") || run.contains("一组");
    let found = ["根", "解", "值", "答案", "零点"].iter().any(|noun| run.contains(noun));
    one && found || NOT_THE_ANSWER.iter().any(|sign| run.contains(sign))
}

/// Whether the last words of a subject are a noun for what has a value: `最大值`, but not `至少` or `常常`.
pub(super) fn names_value(run: &str) -> bool {
    let mut noun = run;
    while let Some(rest) = ADVERBS.iter().find_map(|adverb| noun.strip_suffix(adverb)) {
        noun = rest;
    }
    let extreme = noun.ends_with("最大") || noun.ends_with("最小");
    !makes_number(noun)
        && noun.chars().next_back().is_none_or(|last| extreme || NOUNS.contains(last))
}

/// Whether a noun is that of another number, as the square of something is.
pub(super) fn makes_number(noun: &str) -> bool {
    OPERATIONS.iter().any(|operation| noun.ends_with(operation))
}

/// Whether words behind a number count things, and leave the number as it is.
pub(super) fn counts(run: &str) -> bool {
    let power = ["次方", "次幂"].iter().any(|power| run.contains(power));
    run.starts_with(|first| MEASURES.contains(first)) && !power && !hedges(run)
}

/// What is counted in Japanese and Korean, where any other words behind a number may change it.
pub(super) fn is_counter_of_neighbours(run: &str) -> bool {
    const COUNTERS: [&str; 24] = [
        "通り", "つ", "個", "人", "回", "本", "枚", "円", "点", "歳", "冊", "匹", "개", "명",
        "가지", "번", "원", "살", "시간", "분", "초", "장", "권", "마리",
    ];
    COUNTERS.contains(&run)
}

/// A counted noun, people by one word for them.
pub(super) fn same_noun(noun: String) -> String {
    if matches!(&noun[..], "名" | "位" | "个人") { "人".to_owned() } else { noun }
}

/// A number and what it counts in one run: `两个`, `六十度`.
pub(super) fn number_and_measure(run: &str) -> Option<(i64, &str)> {
    // Words of other meanings.
    const WORDS: [&str; 6] = ["十分", "万分", "一角", "三角", "一般", "百分"];
    let digits: usize =
        run.chars().take_while(|&sign| meaning::is_chinese_digit(sign)).map(char::len_utf8).sum();
    if digits == 0 {
        return None;
    }
    let (number, measure) = run.split_at(digits);
    let counts = measure.chars().count() == 1 && MEASURES.contains(measure)
        || units::parse(measure).is_some();
    let plain = counts && !WORDS.contains(&run);
    meaning::number_word(number).filter(|_| plain).map(|number| (number, measure))
}

/// Whether two things are joined in one run: `甲和乙`. How long each is, and the word between.
pub(super) fn joined_names(run: &str) -> Option<[usize; 2]> {
    const NAMES: &str = "甲乙丙丁戊己";
    let mut signs = run.chars();
    let (first, and, last) = (signs.next()?, signs.next()?, signs.next()?);
    let joins = "和与及".contains(and) && NAMES.contains(first) && NAMES.contains(last);
    (joins && signs.next().is_none()).then(|| [first.len_utf8(), and.len_utf8()])
}

/// Whether a sign is one of Chinese.
pub(super) fn is_sign(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}
