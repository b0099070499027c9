package churn

import (
	"verso/models/churn"
	"verso/models/job"
)

// all stands for all customer types.
const all = "(all)"

// featureWords are the features as a person reads them: the concept they belong
// to and what each is.
type featureWords struct {
	name    string
	concept string
	scale   string // "log": learned as ln(1+x) by the regression
	rise    int    // +1: the risk may only rise with it, −1 only fall, in the trees
	words   job.Words
}

// features are those of feature.churn that are learned from, in its order.
var features = []featureWords{
	{"recency", "rhythm", "log", 0, job.Words{EN: "days since the last order", ZH: "距上次订货天数"}},
	{"tenure", "tenure", "log", 0, job.Words{EN: "days since the first order", ZH: "距首次订货天数"}},
	{"days", "frequency", "log", -1, job.Words{EN: "order days ever", ZH: "历来订货天数"}},
	{"days_365", "frequency", "log", -1, job.Words{EN: "order days in the last 365 days", ZH: "近 365 天订货天数"}},
	{"days_183", "frequency", "log", 0, job.Words{EN: "order days in the last 183 days", ZH: "近 183 天订货天数"}},
	{"days_91", "frequency", "log", 0, job.Words{EN: "order days in the last 91 days", ZH: "近 91 天订货天数"}},
	{"days_30", "frequency", "log", 0, job.Words{EN: "order days in the last 30 days", ZH: "近 30 天订货天数"}},
	{"days_before", "frequency", "log", 0, job.Words{EN: "order days in the 365 days before these; unknown for younger customers", ZH: "再前 365 天订货天数（客户不足两年者未知）"}},
	{"spread", "frequency", "", -1, job.Words{EN: "of the last thirteen spells of four weeks, those with an order", ZH: "近 13 个四周中有订货的个数"}},
	{"season_days", "season", "log", -1, job.Words{EN: "order days a year ago in the days that are now the horizon", ZH: "去年同期（预测期对应日）订货天数"}},
	{"season_before", "season", "log", 0, job.Words{EN: "the same two years ago", ZH: "前年同期订货天数"}},
	{"season_type", "season", "", 0, job.Words{EN: "a year ago, how much more often than usual its type ordered in the days that are now the horizon (1: as usual)", ZH: "去年同期该类客户订货频度与平时之比（1 为平常）"}},
	{"gap_mean", "rhythm", "log", 0, job.Words{EN: "mean days from one order day to the next", ZH: "平均订货间隔天数"}},
	{"gap_cv", "rhythm", "", 0, job.Words{EN: "spread of the gaps over their mean: 0 as a clock, 1 at random", ZH: "间隔的变异系数：0 如钟表，1 为随机"}},
	{"overdue", "rhythm", "log", 0, job.Words{EN: "silence in mean gaps", ZH: "沉默为平均间隔的倍数"}},
	{"overdue_max", "rhythm", "log", 0, job.Words{EN: "silence in longest gaps so far", ZH: "沉默为最长间隔的倍数"}},
	{"trend", "trend", "", 0, job.Words{EN: "order days of the last 183 days against the same days a year ago, less the change of its type (log)", ZH: "近 183 天订货天数较去年同期的变化，扣除同类变化（对数）"}},
	{"value_365", "value", "log", 0, job.Words{EN: "ordered in the last 365 days", ZH: "近 365 天订货额"}},
	{"value_change", "trend", "", 0, job.Words{EN: "that against the 365 days before (log)", ZH: "较再前 365 天的变化（对数）"}},
	{"order_value", "value", "log", 0, job.Words{EN: "mean value of an order", ZH: "平均订单额"}},
	{"order_lines", "value", "log", 0, job.Words{EN: "mean lines of an order", ZH: "平均订单行数"}},
	{"line_copies", "value", "log", 0, job.Words{EN: "mean copies of a line", ZH: "平均每行册数"}},
	{"titles", "classes", "log", 0, job.Words{EN: "titles ordered so far", ZH: "历来订购品种数"}},
	{"fresh_share", "classes", "", 0, job.Words{EN: "share of lines with a title not ordered before", ZH: "首次订购品种的行占比"}},
	{"copy_value", "value", "log", 0, job.Words{EN: "mean value of a copy", ZH: "平均单册金额"}},
	{"last_value", "value", "log", 0, job.Words{EN: "value of the last order day against the mean", ZH: "最近一次订货额与均值之比"}},
	{"last_lines", "value", "log", 0, job.Words{EN: "lines of the last order day", ZH: "最近一次订货日的订单行数"}},
	{"last_fresh", "classes", "", 0, job.Words{EN: "share of these with a title not ordered before", ZH: "其中首次订购品种的占比"}},
	{"title_alive", "titles", "", -1, job.Words{EN: "of the other customers that bought its titles of two years, the share that ordered in the last 91 days (mean over the titles, less that of all customers)", ZH: "购买过其近两年所购品种的其他客户中，近 91 天有订货者占比（按品种平均，减全体客户均值）"}},
	{"title_recent", "titles", "", 0, job.Words{EN: "other customers that bought these titles in the last 91 days (mean log over the titles, less that of all customers)", ZH: "近 91 天购买这些品种的其他客户数（对数，按品种平均，减全体客户均值）"}},
	{"title_buyers", "titles", "", 0, job.Words{EN: "the same in two years", ZH: "近两年购买这些品种的其他客户数（对数，按品种平均，减全体客户均值）"}},
	{"title_age", "titles", "", 0, job.Words{EN: "days since these titles were first sold (mean log over the titles, less that of all customers)", ZH: "这些品种首次售出至今天数（对数，按品种平均，减全体客户均值）"}},
	{"peer_share", "value", "log", 0, job.Words{EN: "orders of the last 365 days against those of a large customer of its type (80 of 100 have less)", ZH: "近 365 天订货额与同类大客户（第 80 百分位）之比"}},
	{"discount", "price", "", 0, job.Words{EN: "discount of the last 365 days", ZH: "近 365 天折扣率"}},
	{"price_change", "price", "", 0, job.Words{EN: "price a copy paid in the last 365 days against the 365 before (log)", ZH: "近 365 天单册价较再前 365 天（对数）"}},
	{"textbook_share", "classes", "", 0, job.Words{EN: "share of textbooks in the lines of the last 365 days", ZH: "近 365 天教材行占比"}},
	{"classes", "classes", "", -1, job.Words{EN: "subjects bought in the last 365 days", ZH: "近 365 天涉及学科数"}},
	{"class_drift", "classes", "", 0, job.Words{EN: "how far the subjects of the last 365 days differ from those of the two years before: 0 alike, 1 all others", ZH: "近 365 天学科构成与再前两年的差异：0 相同，1 全异"}},
	{"class_fall", "classes", "", 0, job.Words{EN: "share the main subject lost", ZH: "主要学科占比的下降"}},
	{"returned_share", "returns", "", 0, job.Words{EN: "returned of the value ordered in the last 365 days", ZH: "近 365 天退货额占比"}},
	{"returned_lines", "returns", "log", 0, job.Words{EN: "returns of the last 365 days", ZH: "近 365 天退货行数"}},
	{"late_183", "service", "log", 1, job.Words{EN: "lines late of those promised in the last 183 days", ZH: "近 183 天承诺而延迟的订单行"}},
	{"late_share", "service", "", 0, job.Words{EN: "share late of the lines promised in the last 365 days", ZH: "近 365 天承诺行延迟率"}},
	{"late_waiting", "service", "log", 0, job.Words{EN: "lines still late", ZH: "仍未到的延迟行"}},
	{"tickets", "complaints", "log", 0, job.Words{EN: "service requests of the last 365 days", ZH: "近 365 天服务请求"}},
	{"complaints", "complaints", "", 0, job.Words{EN: "complaints of the last 183 days", ZH: "近 183 天投诉"}},
	{"unresolved", "complaints", "", 1, job.Words{EN: "of these, those that took more than 30 days or still do", ZH: "其中 30 天未解决者"}},
	{"resolved_quick", "complaints", "", 0, job.Words{EN: "of these, those resolved within 3 days", ZH: "其中 3 天内解决者"}},
	{"contacts", "contact", "log", 0, job.Words{EN: "visits, calls and mails of the last 183 days", ZH: "近 183 天拜访、电话与邮件"}},
	{"contact_silence", "contact", "log", 0, job.Words{EN: "days since the last contact", ZH: "距上次联系天数"}},
	{"invoices_overdue", "payment", "log", 0, job.Words{EN: "invoices overdue", ZH: "逾期发票数"}},
	{"paid_late", "payment", "", 0, job.Words{EN: "share paid late of the invoices of two years", ZH: "两年内发票逾期付款率"}},
	{"salesperson_left", "salesperson", "", 0, job.Words{EN: "its salesperson has left", ZH: "其销售员已离职"}},
	{"salesperson_changed", "salesperson", "", 0, job.Words{EN: "served by another salesperson than a year ago", ZH: "与一年前相比销售员已更换"}},
	{"mailings", "campaign", "log", 0, job.Words{EN: "mailings of the last 365 days", ZH: "近 365 天收到的营销"}},
	{"answers", "campaign", "log", 0, job.Words{EN: "answers to campaigns in the last 365 days", ZH: "近 365 天对营销的响应"}},
	{"quotes", "quotes", "log", 0, job.Words{EN: "quotations of the last 365 days", ZH: "近 365 天询价"}},
	{"quotes_refused", "quotes", "", 0, job.Words{EN: "share of them that no order followed within 60 days", ZH: "其中 60 天内未成交占比"}},
	{"contract_days", "contract", "", 0, job.Words{EN: "days to the end of the running contract, −1 without one", ZH: "现行合同剩余天数，无合同为 −1"}},
}

// learnFeatures are the features as the learners take them.
func learnFeatures() []churn.Feature {
	var list []churn.Feature
	for _, f := range features {
		list = append(list, churn.Feature{Name: f.name, Concept: f.concept, Log: f.scale == "log", Monotone: f.rise})
	}
	return append(list, churn.Feature{Name: churn.NoneColumn, Concept: "rhythm", Monotone: 1}, churn.Feature{Name: churn.WindowColumn, Concept: "horizon"}, churn.Feature{Name: churn.TypeColumn, Concept: "type"})
}
