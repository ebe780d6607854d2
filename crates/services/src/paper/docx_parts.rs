//! The fixed parts of a DOCX package: styles, fonts, settings, footers, relations.

/// Twips (1/20 point) in a millimetre, times 100.
const TWIPS_PER_MM_HUNDREDTHS: u32 = 5669;

/// Millimetres in twips, to the nearest.
pub(super) const fn twips(millimetres: u32) -> u32 {
    (millimetres * TWIPS_PER_MM_HUNDREDTHS + 50) / 100
}

/// Page edges of GB/T 9704-2012: head 37 mm, binding side 28 mm, type area 156 × 225 mm.
pub(super) const PAGE_SHORT_MM: u32 = 210;
pub(super) const PAGE_LONG_MM: u32 = 297;
pub(super) const MARGIN_TOP_MM: u32 = 37;
pub(super) const MARGIN_LEFT_MM: u32 = 28;
pub(super) const AREA_SHORT_MM: u32 = 156;
pub(super) const AREA_LONG_MM: u32 = 225;

pub(super) const NAMESPACES: &str = concat!(
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture""#
);

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) const CONTENT_TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Default Extension="png" ContentType="image/png"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>"#,
    r#"<Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>"#,
    r#"<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    r#"<Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    "</Types>"
);

pub(super) const PACKAGE_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    "</Relationships>"
);

/// Relation of the footer of odd pages.
pub(super) const FOOTER_ODD: &str = "rId4";
/// Relation of the footer of even pages.
pub(super) const FOOTER_EVEN: &str = "rId5";

const FIXED_RELATIONS: &str = concat!(
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable" Target="fontTable.xml"/>"#,
    r#"<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/>"#,
    r#"<Relationship Id="rId5" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer2.xml"/>"#,
);

/// Relations of the document, its pictures included.
pub(super) fn document_relations(pictures: usize) -> String {
    let pictures: String = (0..pictures)
        .map(|place| {
            format!(
                r#"<Relationship Id="picture{place}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="{}"/>"#,
                picture_file(place)
            )
        })
        .collect();
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{FIXED_RELATIONS}{pictures}</Relationships>"#
    )
}

/// File of a picture within `word/`.
pub(super) fn picture_file(place: usize) -> String {
    format!("media/picture{place}.png")
}

/// Side of a QR code on paper.
const CODE_MM: u32 = 25;
/// English Metric Units in a millimetre.
const EMU_PER_MM: u32 = 36_000;

/// A square picture in a paragraph of its own; `description` is read aloud and has been escaped.
pub(super) fn picture(place: usize, description: &str) -> String {
    let side = CODE_MM * EMU_PER_MM;
    let id = place + 1;
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Plain"/><w:keepNext/><w:spacing w:before="120"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{side}" cy="{side}"/><wp:docPr id="{id}" name="picture{place}" descr="{description}"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="{id}" name="picture{place}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="picture{place}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
    )
}

/// Fonts of the standard, and under which names other systems carry them.
const FONTS: [(&str, &str); 5] = [
    ("仿宋", "仿宋_GB2312,FangSong,STFangsong"),
    ("黑体", "SimHei,STHeiti,Noto Sans CJK SC"),
    ("楷体", "楷体_GB2312,KaiTi,STKaiti"),
    ("方正小标宋简体", "小标宋,SimSun,Noto Serif CJK SC"),
    ("宋体", "SimSun,STSong,Noto Serif CJK SC"),
];

pub(super) fn font_table() -> String {
    let fonts: String = FONTS
        .iter()
        .map(|(name, alternatives)| {
            format!(
                r#"<w:font w:name="{name}"><w:altName w:val="{alternatives}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>"#
            )
        })
        .collect();
    format!("{DECLARATION}<w:fonts {NAMESPACES}>{fonts}</w:fonts>")
}

pub(super) fn settings() -> String {
    format!(
        r#"{DECLARATION}<w:settings {NAMESPACES}><w:evenAndOddHeaders/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"#
    )
}

/// Page number between dashes, right on odd pages and left on even ones, one character from the edge.
pub(super) fn footer(alignment: &str) -> String {
    let fonts =
        r#"<w:rPr><w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体"/><w:sz w:val="28"/></w:rPr>"#;
    let run = |inner: &str| format!("<w:r>{fonts}{inner}</w:r>");
    format!(
        r#"{DECLARATION}<w:ftr {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Plain"/><w:ind w:left="280" w:right="280"/><w:jc w:val="{alignment}"/></w:pPr>{}{}{}{}{}</w:p></w:ftr>"#,
        run("<w:t xml:space=\"preserve\">— </w:t>"),
        run("<w:fldChar w:fldCharType=\"begin\"/>"),
        run("<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>"),
        run("<w:fldChar w:fldCharType=\"end\"/>"),
        run("<w:t xml:space=\"preserve\"> —</w:t>"),
    )
}

/// A paragraph style: id, font, size in half points, paragraph properties, further run properties.
struct Style {
    id: &'static str,
    font: &'static str,
    half_points: u32,
    paragraph: &'static str,
    run: &'static str,
}

/// Body in 3号 (16 pt), 22 lines a page; title in 2号 (22 pt).
const STYLES: [Style; 13] = [
    Style { id: "Plain", font: "仿宋", half_points: 32, paragraph: "", run: "" },
    Style {
        id: "Body",
        font: "仿宋",
        half_points: 32,
        paragraph: r#"<w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>"#,
        run: "",
    },
    Style {
        id: "Addressee",
        font: "仿宋",
        half_points: 32,
        paragraph: r#"<w:spacing w:line="579" w:lineRule="exact"/>"#,
        run: "",
    },
    Style {
        id: "Issuer",
        font: "方正小标宋简体",
        half_points: 72,
        paragraph: r#"<w:spacing w:before="400" w:after="300"/><w:jc w:val="center"/>"#,
        run: r#"<w:color w:val="FF0000"/>"#,
    },
    Style { id: "Number", font: "仿宋", half_points: 32, paragraph: r#"<w:jc w:val="center"/>"#, run: "" },
    Style {
        id: "RedLine",
        font: "仿宋",
        half_points: 8,
        paragraph: r#"<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="1" w:color="FF0000"/></w:pBdr><w:spacing w:after="320"/>"#,
        run: "",
    },
    Style {
        id: "Title",
        font: "方正小标宋简体",
        half_points: 44,
        paragraph: r#"<w:spacing w:before="0" w:after="240"/><w:jc w:val="center"/>"#,
        run: "",
    },
    Style {
        id: "Heading1",
        font: "黑体",
        half_points: 32,
        paragraph: r#"<w:keepNext/><w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="0"/>"#,
        run: "",
    },
    Style {
        id: "Heading2",
        font: "楷体",
        half_points: 32,
        paragraph: r#"<w:keepNext/><w:spacing w:line="579" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="1"/>"#,
        run: "",
    },
    Style {
        id: "Signature",
        font: "仿宋",
        half_points: 32,
        paragraph: r#"<w:keepLines/><w:spacing w:line="579" w:lineRule="exact"/><w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>"#,
        run: "",
    },
    Style {
        id: "TableTitle",
        font: "黑体",
        half_points: 28,
        paragraph: r#"<w:keepNext/><w:spacing w:before="200" w:after="120"/><w:jc w:val="center"/>"#,
        run: "",
    },
    Style { id: "Cell", font: "宋体", half_points: 21, paragraph: "", run: "" },
    Style {
        id: "Note", font: "宋体", half_points: 21, paragraph: r#"<w:spacing w:before="60"/>"#, run: ""
    },
];

pub(super) fn styles() -> String {
    let styles: String = STYLES
        .iter()
        .map(|style| {
            let Style { id, font, half_points, paragraph, run } = style;
            format!(
                r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}"><w:name w:val="xx {id}"/><w:pPr>{paragraph}</w:pPr><w:rPr><w:rFonts w:ascii="Times New Roman" w:eastAsia="{font}" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>{run}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>"#
            )
        })
        .collect();
    format!(
        r#"{DECLARATION}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:eastAsia="仿宋" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>{styles}</w:styles>"#
    )
}
