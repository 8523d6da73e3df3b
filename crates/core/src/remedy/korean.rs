//! The remedies in Korean.

use core::fmt::{Formatter, Result};

use super::{Need, Remedy};
use crate::cause::{Reset, Resource};
use crate::language::{Language::Korean, Utc};

pub(super) fn write(remedy: &Remedy<'_>, out: &mut Formatter<'_>) -> Result {
    let n = |number| Korean.number(number);
    let time = |duration| Korean.duration(duration);
    match *remedy {
        Remedy::WaitExactly(wait) => {
            write!(out, "{} 기다린 뒤 다시 보내세요. 같은 키를 쓰는 모든 프로세스가 함께 기다려야 합니다.", time(wait))
        }
        Remedy::WaitForReset(Reset::Unix(at)) => {
            write!(out, "{}까지 기다리세요.", Utc(at))
        }
        Remedy::WaitForReset(Reset::Said(at)) => {
            write!(out, "{at}까지 기다리세요.")
        }
        Remedy::PaceTo(Some(rate)) if rate.is_of_calls() => {
            write!(out, "요청 간격을 일정하게 두세요: {}에 한 번씩 시작하면 됩니다.", time(rate.interval()))
        }
        Remedy::PaceTo(Some(rate)) => {
            let (counted, unit) = match rate.resource {
                Some(Resource::AudioSeconds) => ("오디오", "초"),
                Some(resource @ (Resource::Tokens | Resource::InputTokens | Resource::OutputTokens)) => (Korean.resource(resource), "개"),
                resource => (resource.map_or("", |resource| Korean.resource(resource)), ""),
            };
            let (limit, per) = (n(rate.limit), Korean.per(rate.window));
            write!(out, "사용량을 고르게 나누세요: {per} {counted} {limit}{unit}까지 쓸 수 있습니다.")
        }
        Remedy::PaceTo(None) => out.write_str("한꺼번에 보내지 말고 요청 간격을 일정하게 두세요."),
        Remedy::ReduceBurst => out.write_str("한 번에 몰아 보내는 요청을 줄이세요. 분당 한도가 초 단위로 적용될 수 있습니다."),
        Remedy::RampGradually => out.write_str("지금은 속도를 절반으로 낮추고, 몇 분에 걸쳐 조금씩 올리세요."),
        Remedy::ReduceConcurrency(Some(limit)) => {
            write!(out, "동시에 진행 중인 요청을 {}개 이하로 유지하세요. 하나가 끝나면 다음을 보낼 수 있습니다.", n(limit))
        }
        Remedy::ReduceConcurrency(None) => {
            out.write_str("동시에 진행 중인 작업을 줄이세요. 하나가 끝나면 다음 요청이나 배치를 보낼 수 있습니다.")
        }
        Remedy::BatchItems(Some(items)) => {
            write!(out, "한 요청에 {}개씩 묶어 보내세요(임베딩처럼 목록을 받는 API만 가능).", n(items))
        }
        Remedy::BatchItems(None) => out.write_str("여러 건을 한 요청으로 묶어 보내세요(임베딩처럼 목록을 받는 API만 가능)."),
        Remedy::UseBatchApi => out.write_str("급하지 않은 작업은 한도가 따로 있는 배치 API로 보내세요."),
        Remedy::LowerMaxTokens(Some(by)) => {
            write!(out, "max_tokens를 {} 이상 줄이세요. 많은 서비스가 호출을 시작할 때 이 값 전체를 사용량으로 계산합니다.", n(by))
        }
        Remedy::LowerMaxTokens(None) => {
            out.write_str("max_tokens를 줄이세요. 많은 서비스가 호출을 시작할 때 이 값 전체를 사용량으로 계산합니다.")
        }
        Remedy::ShrinkPrompt(Some(by)) => write!(out, "프롬프트를 {}토큰 이상 줄이세요.", n(by)),
        Remedy::ShrinkPrompt(None) => out.write_str("프롬프트를 줄이세요."),
        Remedy::SplitRequest(Some(parts)) => {
            write!(out, "요청을 {}개로 나누어 보내세요.", n(parts))
        }
        Remedy::SplitRequest(None) => out.write_str("요청을 더 작게 나누어 보내세요."),
        Remedy::UsePromptCache => out.write_str("캐시된 입력을 한도에 넣지 않는 서비스라면 프롬프트의 고정된 부분을 캐시하세요."),
        Remedy::Deduplicate(percent) => {
            write!(out, "받은 답을 재사용하세요. 호출의 {percent}%가 같은 요청이었습니다.")
        }
        Remedy::WatchUsage => out.write_str("한도 대비 사용량을 지켜보고, 80%부터 속도를 늦추세요."),
        Remedy::CheckPlan => out.write_str("이 키의 요금제와 등급, 그 한도를 확인하세요."),
        Remedy::UpgradeTier(Some(Need { needed, limit })) => {
            write!(out, "더 높은 등급으로 올리세요. 필요한 양은 {}, 지금 한도는 {}입니다.", n(needed), n(limit))
        }
        Remedy::UpgradeTier(None) => {
            out.write_str("지금 한도로 부족하면 더 높은 등급으로 올리세요. 무료 등급이라면 결제를 활성화하면 됩니다.")
        }
        Remedy::AddCredit => out.write_str("결제 설정에서 크레딧을 충전하세요."),
        Remedy::RaiseSpendLimit => out.write_str("조직이나 프로젝트의 지출 한도를 올리거나 다음 달까지 기다리세요."),
        Remedy::RequestHigherLimit => out.write_str("서비스에 한도 상향을 신청하세요."),
        Remedy::FixBilling => out.write_str("계정이 비활성 상태입니다. 결제 수단을 고치거나 미납 금액을 결제하세요."),
        Remedy::CheckKey => out.write_str("키가 온전하고 유효한지, 맞는 프로젝트의 키인지 확인하세요."),
        Remedy::RotateKey => out.write_str("키가 더 이상 유효하지 않거나 유출되었을 수 있다면 새 키를 발급받으세요."),
        Remedy::SetOrganization(Some(named)) => {
            write!(out, "키가 여러 조직에 속한다면 요청에 조직을 지정하세요(OpenAI-Organization 헤더). 서비스가 처리한 조직: {named}.")
        }
        Remedy::SetOrganization(None) => out.write_str("키가 여러 조직에 속한다면 요청에 조직을 지정하세요(OpenAI-Organization 헤더)."),
        Remedy::CheckNetwork => out.write_str("네트워크를 확인하세요. IP 허용 목록, 지원하지 않는 지역, 방화벽이 원인일 수 있습니다."),
        Remedy::CheckSharedUsers => out.write_str("같은 조직의 다른 사용자나 프로그램을 확인하세요. 한도를 함께 씁니다."),
        Remedy::CheckProxy => out.write_str("중간의 프록시나 게이트웨이를 확인하세요. 거기서 거절했을 수 있습니다."),
        Remedy::SwitchModel => out.write_str("다른 모델을 쓰세요. 한도와 여유 용량은 모델마다 다른 경우가 많습니다."),
        Remedy::SwitchServiceTier => out.write_str("다른 서비스 등급으로 보내세요(service_tier=default)."),
        Remedy::DisableNestedRetries { attempts, configured } => {
            write!(out, "재시도는 한 계층에서만 하세요. 설정은 {configured}회인데 {attempts}회 시도했습니다.")
        }
        Remedy::ContactSupport => out.write_str("오류 보고서를 첨부해 서비스 고객 지원에 문의하세요."),
    }
}
