package promotion

import (
	"fmt"
	"math"
	"time"

	"verso/models/job"
)

// Verdicts on a campaign.
const (
	verdictLift  = "lift"
	verdictLoss  = "loss"
	verdictNone  = "no lift"
	verdictOpen  = "unclear"
	verdictSmall = "too small"
	verdictEarly = "too early"
	verdictBlind = "not judged"
)

var verdictOrder = []string{verdictLift, verdictLoss, verdictOpen, verdictNone, verdictSmall, verdictEarly, verdictBlind}

var verdictWords = map[string]job.Words{
	verdictLift:  {EN: "more customers ordered than would have anyway", ZH: "下单客户多于本来会下单的"},
	verdictLoss:  {EN: "fewer customers ordered than would have anyway", ZH: "下单客户少于本来会下单的"},
	verdictNone:  {EN: "no lift was found", ZH: "未发现增量"},
	verdictOpen:  {EN: "among so many campaigns such a difference comes by chance", ZH: "活动众多，此差异可能出于偶然"},
	verdictSmall: {EN: "even half as many orders more would often have been missed", ZH: "即使订单多一半也可能看不出来"},
	verdictEarly: {EN: "the window is not over", ZH: "观察期未结束"},
	verdictBlind: {EN: "there is nobody to compare with", ZH: "没有可比较的客户"},
}

// detectable is how many standard errors a lift must have to be found four times
// in five: the quantiles of .975 and .8.
const detectable = 1.959963984540054 + 0.8416212335729143

// worth is the rise of the orders, as a share, that a campaign must be able to show.
const worth = .5

// judge sets the verdict and its words.
func (x *campaign) judge(asOf time.Time) {
	e := x.effect
	se := (e.lift.High - e.lift.Low) / 2 / 1.959963984540054
	switch {
	case x.open:
		x.verdict = verdictEarly
		last := time.Unix(int64(x.to)*86400, 0).UTC().Format(time.DateOnly)
		x.words = job.Wordsf("Too early: orders count until %s, and the data end on %s.", "为时尚早：订单计至 %s，数据截至 %s。", last, asOf.Format(time.DateOnly))
		return
	case e.method == byNothing:
		x.verdict, x.words = verdictBlind, e.reason
		return
	case x.adjusted < level && e.lift.Value > 0:
		x.verdict = verdictLift
	case x.adjusted < level && e.lift.Value < 0:
		x.verdict = verdictLoss
	case e.p < level:
		x.verdict = verdictOpen
	case detectable*se > worth*max(e.baseline, 0):
		x.verdict = verdictSmall
	default:
		x.verdict = verdictNone
	}
	x.words = x.say()
}

// say is the verdict in words.
func (x *campaign) say() job.Words {
	e := x.effect
	seen := job.Wordsf("%.1f %% ordered where %.1f %% would have: %+.1f points (%+.1f to %+.1f)", "下单率 %.1f %%，若无活动为 %.1f %%：%+.1f 个百分点（%+.1f 至 %+.1f）",
		100*e.response, 100*e.baseline, 100*e.lift.Value, 100*e.lift.Low, 100*e.lift.High)
	how := map[string]job.Words{
		byControl: {EN: "against customers held back", ZH: "与对照客户相比"},
		byMatch:   {EN: "against customers alike, without a control group", ZH: "与相似客户相比，无对照组"},
		byDiD:     {EN: "by the change against the same days of earlier years, without a control group", ZH: "按与往年同期的变化，无对照组"},
	}[e.method]
	head := map[string]job.Words{
		verdictLift: {EN: "Lift.", ZH: "有增量。"}, verdictLoss: {EN: "Loss.", ZH: "有损失。"},
		verdictNone: {EN: "No lift.", ZH: "无增量。"}, verdictOpen: {EN: "Unclear: among so many campaigns such a difference comes by chance.", ZH: "不明确：活动众多，此差异可能出于偶然。"}, verdictSmall: {EN: "Too small to tell.", ZH: "规模太小，无法判断。"},
	}[x.verdict]
	w := job.Words{EN: fmt.Sprintf("%s %s, %s.", head.EN, seen.EN, how.EN), ZH: fmt.Sprintf("%s%s，%s。", head.ZH, seen.ZH, how.ZH)}
	add := func(en, zh string, args ...any) {
		more := job.Wordsf(en, zh, args...)
		w.EN, w.ZH = w.EN+" "+more.EN, w.ZH+more.ZH
	}
	switch {
	case x.verdict == verdictLift && x.profit.Low > 0:
		add("It paid.", "已赚回成本。")
	case x.verdict == verdictLift && x.profit.High < 0:
		add("It did not pay its cost.", "未赚回成本。")
	case x.verdict == verdictLift && !math.IsNaN(x.profit.Value):
		add("Whether it paid its cost is open.", "是否赚回成本尚不确定。")
	case x.verdict == verdictNone && x.naiveROMI > 0:
		add("All that the addressed ordered would look like %.1f times its cost, but it would have come anyway.", "若把触达客户的订单全部算入，看似带来成本的 %.1f 倍，但这些订单本来就会有。", x.naive/x.cost)
	case x.verdict == verdictSmall && x.needed[0] > 0:
		add("To find such a lift, %.0f customers an arm are needed.", "要发现这样的增量，每组需 %.0f 个客户。", x.needed[0])
	}
	return w
}
