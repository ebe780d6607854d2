//! Flags (疑点): what the truth tests ask about contracts; answered, decided, appealed.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::flag::FlagAct;
use xiaoxiang_domain::contract::screen::{Flag, Screen, Strength};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::registration::screen_application;
use xiaoxiang_services::screening::{
    FlagAsk, FlagPage, FlagStage, FlagStep, FlagWords, ListedFlag, OtherContract, Verdict, answer_flag,
    appeal_flag, decide_flag, hold_payment, list_flags_after, read_flag, release_payment,
};
use xiaoxiang_store::payment_hold::HoldRow;

use super::answer::{of_change, tagged, version_of};
use super::caller::Caller;
use super::drafts::{bad_field, day_of};
use super::extract::{ApiJson, ApiPath, ApiQuery, bad_query};
use super::paging::{Page, limit_of, read_cursor};
use super::{ApiRoute, Precondition, needs};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<ApiRoute> {
    let based = |action, described| needs(action, described).based_on(Precondition::Version);
    vec![
        needs(Action::ReadFlags, routes!(list)),
        needs(Action::ReadFlags, routes!(read)),
        based(Action::AnswerFlag, routes!(answer)),
        based(Action::DecideFlag, routes!(decide)),
        based(Action::AppealFlag, routes!(appeal)),
        needs(Action::HoldPayment, routes!(hold)),
        needs(Action::HoldPayment, routes!(release)),
        needs(Action::HandleApplications, routes!(questions)),
    ]
}

/// Which flags.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FlagsQuery {
    /// 类别，如 duplicate · Kind of flag.
    #[param(max_length = 64)]
    kind: Option<String>,
    /// 状态：standing（默认，未关闭的）、open、answered、appealed、upheld、cleared、cleared_on_appeal、upheld_on_appeal、held、gone、all · State; what did not fall away by default.
    #[param(max_length = 32)]
    state: Option<String>,
    /// 卖方或买方所在地 · Division where a side of the contract counts.
    #[param(pattern = "^[0-9]{6}$")]
    division: Option<String>,
    /// 上一页的 next · `next` of the page before.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// 每页条数，默认 50 · Items of a page, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A flag: a question to answer, never a refusal.
#[derive(Debug, Serialize, ToSchema)]
struct FlagView {
    /// UUID.
    id: String,
    /// 登记编号
    registration_number: String,
    /// Code of the screen.
    kind: &'static str,
    /// `moderate` or `strong`.
    strength: &'static str,
    /// The question in Chinese.
    question_zh: &'static str,
    /// The question in English.
    question_en: &'static str,
    /// Where it stands.
    state: &'static str,
    /// Why it fell away by itself: `withdrawn`, `evidence_gone`, `asked_anew`; null while it stands.
    gone_reason: Option<String>,
    /// The day on which it was put.
    raised_on: String,
    /// The last day for an answer.
    due_on: String,
    /// Number of its last step, the ETag; send it as If-Match with what you do.
    revision: i64,
}

const fn strength_of(strength: Strength) -> &'static str {
    match strength {
        Strength::Moderate => "moderate",
        Strength::Strong => "strong",
    }
}

impl From<&ListedFlag> for FlagView {
    fn from(flag: &ListedFlag) -> Self {
        Self {
            id: flag.flag_id.clone(),
            registration_number: flag.registration_number.clone(),
            kind: flag.screen.code(),
            strength: strength_of(flag.strength),
            question_zh: flag.screen.question_zh(),
            question_en: flag.screen.question_en(),
            state: flag.state.code(),
            gone_reason: flag.gone_reason.clone(),
            raised_on: flag.raised_on.to_string(),
            due_on: flag.due_on.to_string(),
            revision: flag.revision,
        }
    }
}

/// 疑点 · Flags of the truth tests
///
/// 按提出的先后排列 · In the order in which they were put.
#[utoipa::path(
    get, path = "/api/v1/flags", tag = "contract", operation_id = "listFlags", params(FlagsQuery),
    responses((status = 200, body = Page<FlagView>))
)]
async fn list(
    caller: Caller,
    ApiQuery(query): ApiQuery<FlagsQuery>,
) -> Result<Json<Page<FlagView>>, Problem> {
    let kind = query.kind.as_deref().map(|code| Screen::from_code(code).ok_or_else(|| bad_query("kind")));
    let stage = query.state.as_deref().unwrap_or_default();
    let division = query.division.as_deref();
    let division = division.map(|code| DivisionCode::parse(code).ok_or_else(|| bad_query("division")));
    let ask = FlagAsk {
        kind: kind.transpose()?,
        stage: FlagStage::from_code(stage).ok_or_else(|| bad_query("state"))?,
        division: division.transpose()?,
        page: 0,
    };
    let limit = limit_of(query.limit)?;
    let after = query.cursor.as_deref().map(read_cursor).transpose()?.unwrap_or_default();
    let wanted = i64::try_from(limit + 1).expect("invariant: a small page");
    let flags = list_flags_after(&caller.app, &caller.actor, &ask, &after, wanted).await?;
    let next = flags.get(limit).map(|_| hex::encode(&flags[limit - 1].flag_id));
    Ok(Json(Page { items: flags.iter().take(limit).map(FlagView::from).collect(), next }))
}

/// A flag with everything needed to judge it.
#[derive(Debug, Serialize, ToSchema)]
struct FlagDetailView {
    /// The flag.
    #[serde(flatten)]
    flag: FlagView,
    /// Why it is asked.
    evidence: Vec<EvidenceView>,
    /// The contracts beside it that the caller may know of.
    contracts: Vec<BesideView>,
    /// How many more there are.
    contracts_withheld: usize,
    /// What happened, the oldest first.
    steps: Vec<StepView>,
    /// What the caller may do now: `answer`, `clear`, `uphold`, `appeal`.
    acts: Vec<&'static str>,
    /// 暂缓兑付 · What holds or held payments for its sake, each a named officer's dated decision.
    payment_holds: Vec<PaymentHoldView>,
    /// Version of the screens that asked.
    screen_version: i64,
    /// Version of the region data whose parameters applied.
    region_version: i64,
}

/// A sentence of evidence.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceView {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

/// A contract beside a flag; outside the caller's scope only where one may ask.
#[derive(Debug, Serialize, ToSchema)]
struct BesideView {
    /// 登记编号
    registration_number: String,
    /// 登记机构
    registrar: String,
    /// 登记日期
    registered_on: String,
    /// 项目名称; null outside the caller's scope.
    project_name: Option<String>,
    /// 卖方; null outside the caller's scope.
    seller: Option<String>,
    /// 买方; null outside the caller's scope.
    buyer: Option<String>,
    /// 成交额 in fen; null outside the caller's scope.
    contract_value_fen: Option<i64>,
    /// 技术交易额 in fen; null outside the caller's scope.
    technology_value_fen: Option<i64>,
}

/// A decision that payments wait.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentHoldView {
    /// Who decided.
    officer: String,
    /// On which day.
    held_on: String,
    /// Until which day at the longest.
    until: String,
    /// Why.
    reason: String,
    /// Who released it; null while it holds.
    released_by: Option<String>,
    /// On which day.
    released_on: Option<String>,
    /// Why.
    release_reason: Option<String>,
}

impl From<HoldRow> for PaymentHoldView {
    fn from(row: HoldRow) -> Self {
        let HoldRow { officer, held_on, until, reason, released_by, released_on, release_reason, .. } = row;
        Self { officer, held_on, until, reason, released_by, released_on, release_reason }
    }
}

/// One step of a flag's life.
#[derive(Debug, Serialize, ToSchema)]
struct StepView {
    /// Its number.
    revision: i64,
    /// What was done: `raise`, `evidence`, `close`, `return`, `answer`, `clear`, `uphold`, `appeal`.
    act: String,
    /// Who, as the log names them: a number, a role and a scope.
    actor: String,
    /// What they said; for what fell away the reason.
    words: String,
    /// When, in milliseconds since 1970.
    at_ms: i64,
}

impl From<FlagStep> for StepView {
    fn from(step: FlagStep) -> Self {
        let FlagStep { revision, act, actor, words, at_ms } = step;
        Self { revision, act, actor, words, at_ms }
    }
}

impl From<OtherContract> for BesideView {
    fn from(other: OtherContract) -> Self {
        match other {
            OtherContract::Seen(contract) => Self {
                registration_number: contract.registration_number,
                registrar: contract.registrar_name,
                registered_on: contract.registered_on.to_string(),
                project_name: Some(contract.project_name),
                seller: Some(contract.seller.name),
                buyer: Some(contract.buyer.name),
                contract_value_fen: Some(contract.contract_value.0),
                technology_value_fen: Some(contract.technology_value.0),
            },
            OtherContract::Named { registration_number, registrar, registered_on } => Self {
                registration_number,
                registrar,
                registered_on: registered_on.to_string(),
                project_name: None,
                seller: None,
                buyer: None,
                contract_value_fen: None,
                technology_value_fen: None,
            },
        }
    }
}

impl From<FlagPage> for FlagDetailView {
    fn from(page: FlagPage) -> Self {
        Self {
            flag: FlagView::from(&page.flag),
            evidence: page.sentences.into_iter().map(|one| EvidenceView { zh: one.zh, en: one.en }).collect(),
            contracts: page.others.into_iter().map(BesideView::from).collect(),
            contracts_withheld: page.others_withheld,
            steps: page.steps.into_iter().map(StepView::from).collect(),
            acts: page.acts.into_iter().map(FlagAct::code).collect(),
            payment_holds: page.holds.into_iter().map(PaymentHoldView::from).collect(),
            screen_version: page.screen_version,
            region_version: page.region_version_id,
        }
    }
}

/// 一个疑点及其线索、经过 · One flag with its evidence and history
///
/// ETag 是修订号，办理时写入 If-Match · The ETag is the revision; send it as If-Match with what you do.
#[utoipa::path(
    get, path = "/api/v1/flags/{id}", tag = "contract", operation_id = "readFlag",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = FlagDetailView, headers(("ETag" = String, description = "Revision"))))
)]
async fn read(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Response, Problem> {
    shown(&caller, StatusCode::OK, &id).await
}

async fn shown(caller: &Caller, status: StatusCode, id: &str) -> Result<Response, Problem> {
    let page = read_flag(&caller.app, &caller.actor, id).await?;
    Ok(tagged(status, page.flag.revision, Json(FlagDetailView::from(page))))
}

/// What is said about a flag.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlagWordsBody {
    /// 内容 · Answer or grounds.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlagDecisionBody {
    /// `clear`（排除）or `uphold`（认定）.
    #[schema(pattern = "^(clear|uphold)$")]
    verdict: String,
    /// 理由 · Reason.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// 答复疑点 · Answer a flag
#[utoipa::path(
    post, path = "/api/v1/flags/{id}/answer", tag = "contract", operation_id = "answerFlag",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = FlagWordsBody,
    responses((status = 201, body = FlagDetailView))
)]
async fn answer(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<FlagWordsBody>,
) -> Result<Response, Problem> {
    let said = FlagWords { flag_id: &id, seen: version_of(&headers)?, words: &body.words };
    done(&caller, &id, answer_flag(&caller.app, &caller.actor, said).await).await
}

/// 认定或排除疑点 · Decide a flag
#[utoipa::path(
    post, path = "/api/v1/flags/{id}/decision", tag = "contract", operation_id = "decideFlag",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = FlagDecisionBody,
    responses((status = 201, body = FlagDetailView))
)]
async fn decide(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<FlagDecisionBody>,
) -> Result<Response, Problem> {
    let verdict = match FlagAct::from_code(&body.verdict) {
        Some(FlagAct::Clear) => Verdict::Cleared,
        Some(FlagAct::Uphold) => Verdict::Upheld,
        _ => return Err(bad_field("/verdict", "应为 clear 或 uphold。", "clear or uphold")),
    };
    let said = FlagWords { flag_id: &id, seen: version_of(&headers)?, words: &body.words };
    done(&caller, &id, decide_flag(&caller.app, &caller.actor, verdict, said).await).await
}

/// 对认定提出申诉 · Appeal against a decision that upholds a flag
#[utoipa::path(
    post, path = "/api/v1/flags/{id}/appeal", tag = "contract", operation_id = "appealFlag",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = FlagWordsBody,
    responses((status = 201, body = FlagDetailView))
)]
async fn appeal(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<FlagWordsBody>,
) -> Result<Response, Problem> {
    let said = FlagWords { flag_id: &id, seen: version_of(&headers)?, words: &body.words };
    done(&caller, &id, appeal_flag(&caller.app, &caller.actor, said).await).await
}

async fn done(caller: &Caller, id: &str, done: Result<i64, Refusal>) -> Result<Response, Problem> {
    done.map_err(of_change)?;
    shown(caller, StatusCode::CREATED, id).await
}

/// A hold of payments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentHoldBody {
    /// 截止日期 · Last day, today or later.
    #[schema(max_length = 10, format = Date)]
    until: String,
    /// 理由 · Reason.
    #[schema(min_length = 1, max_length = 2000)]
    words: String,
}

/// 暂缓兑付 · Hold payments on the contract of a flag until a day
#[utoipa::path(
    post, path = "/api/v1/flags/{id}/payment-hold", tag = "contract", operation_id = "holdPayment",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = PaymentHoldBody,
    responses((status = 201, body = FlagDetailView))
)]
async fn hold(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<PaymentHoldBody>,
) -> Result<Response, Problem> {
    let until = day_of("/until", &body.until)?;
    hold_payment(&caller.app, &caller.actor, &id, until, &body.words).await?;
    shown(&caller, StatusCode::CREATED, &id).await
}

/// 恢复兑付 · Release the payments that a flag holds
#[utoipa::path(
    post, path = "/api/v1/flags/{id}/payment-release", tag = "contract", operation_id = "releasePayment",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)), request_body = FlagWordsBody,
    responses((status = 201, body = FlagDetailView))
)]
async fn release(
    caller: Caller,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<FlagWordsBody>,
) -> Result<Response, Problem> {
    release_payment(&caller.app, &caller.actor, &id, &body.words).await?;
    shown(&caller, StatusCode::CREATED, &id).await
}

/// What the screens would ask about an application's contract; empty once it is decided.
#[derive(Debug, Serialize, ToSchema)]
struct QuestionsView {
    /// The questions.
    items: Vec<QuestionView>,
}

/// A question that nobody has to answer yet.
#[derive(Debug, Serialize, ToSchema)]
struct QuestionView {
    /// Code of the screen.
    kind: &'static str,
    /// `moderate` or `strong`.
    strength: &'static str,
    /// The question in Chinese.
    question_zh: &'static str,
    /// The question in English.
    question_en: &'static str,
    /// Why it would be asked.
    evidence: Vec<QuestionEvidenceView>,
}

/// A sentence of evidence with the contracts that it rests on.
#[derive(Debug, Serialize, ToSchema)]
struct QuestionEvidenceView {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
    /// 登记编号 of those that the caller may see.
    contracts: Vec<String>,
}

impl From<Flag> for QuestionView {
    fn from(flag: Flag) -> Self {
        let evidence = flag.evidence.into_iter();
        Self {
            kind: flag.screen.code(),
            strength: strength_of(flag.strength),
            question_zh: flag.screen.question_zh(),
            question_en: flag.screen.question_en(),
            evidence: evidence
                .map(|one| QuestionEvidenceView { zh: one.zh, en: one.en, contracts: one.contracts })
                .collect(),
        }
    }
}

/// 办理前筛查 · What the screens would ask before an application is decided
///
/// 只提问，不保存，不影响受理和登记 · Questions only: nothing is kept, nothing stands in the way.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}/screening", tag = "registration", operation_id = "screenApplication",
    params(("id" = String, Path, description = "编号 · Id", max_length = 64)),
    responses((status = 200, body = QuestionsView))
)]
async fn questions(caller: Caller, ApiPath(id): ApiPath<String>) -> Result<Json<QuestionsView>, Problem> {
    let flags = screen_application(&caller.app, &caller.actor, &id).await?;
    Ok(Json(QuestionsView { items: flags.into_iter().map(QuestionView::from).collect() }))
}
