package loyalty

import (
	"errors"
	"fmt"

	"verso/models/job"
	"verso/models/persistency"
	"verso/models/survival"
)

// saidZH is what the methods say in plain English, in Chinese.
var saidZH = map[string]string{
	"regular: purchases come at more even intervals than by chance":                                       "规律：购买间隔比随机更均匀",
	"in bursts: purchases cluster more than by chance":                                                    "成批：购买比随机更集中",
	"by chance: the data do not tell the gaps from a Poisson process":                                     "随机：数据无法将间隔与泊松过程区分",
	"fewer than two customers with three purchases: no regularity can be told":                            "有三次购买的客户不足两位：无法判断规律性",
	"all gaps are a single day: too short to tell regularity from chance":                                 "间隔均为一天：太短，无法区分规律与偶然",
	"all successive gaps are equal: perfectly regular, k has no finite value":                             "相邻间隔完全相等：完全规律，k 没有有限值",
	"nobody bought a second time":                                                                         "没有人再次购买",
	"the data begin inside the first period: its cohort holds only those first seen after that":           "数据从第一期之内开始：该批次只含此后首次出现者",
	"nothing is known from before the first period: its cohort holds older customers as well as new ones": "第一期之前的情况未知：该批次既有新客户也有老客户",
	"not in the model: it does not vary among those at risk when events happen":                           "未入模型：事件发生时，处于风险中的客户之间并无差别",
	"not in the model: it is a linear combination of the covariates before it":                            "未入模型：它是前面协变量的线性组合",
	"nobody was lost under it, so there is no ratio":                                                      "该情形下无人流失，故没有比值",
	"wherever it can be compared only customers under it were lost, so there is no ratio":                 "凡可比较之处，流失者都属该情形，故没有比值",
	"sbg: no cohort has customers and a renewal":                                                          "没有既有客户又有续约的批次",
}

// said is a sentence of a method in both languages, after words before it.
func said(before job.Words, sentence string) job.Words {
	zh, known := saidZH[sentence]
	if !known {
		zh = sentence
	}
	return job.Words{EN: before.EN + sentence, ZH: before.ZH + zh}
}

// unfit says in both languages why there is no Cox model.
func unfit(err error) job.Words {
	for known, zh := range map[error]string{
		survival.ErrEmpty:        "没有对象",
		survival.ErrNoEvents:     "没有出现流失，无从比较",
		survival.ErrNoCovariates: "处于风险中的客户之间没有任何协变量有差别",
		survival.ErrNoFit:        "Cox 模型无法拟合",
	} {
		if errors.Is(err, known) {
			return job.Words{EN: err.Error(), ZH: zh}
		}
	}
	return job.Words{EN: err.Error(), ZH: err.Error()}
}

// ruleWords is the rule of the status of a customer.
func ruleWords(o persistency.StatusOptions) job.Words {
	o, err := o.Filled()
	if err != nil {
		return job.Words{EN: err.Error()}
	}
	return job.Words{EN: o.Words(), ZH: fmt.Sprintf("流失：沉默的活跃天数超过 %g 天与自身间隔中位数 %g 倍之较大者（不足 %d 个间隔者取客户类型的中位数）；"+
		"沉睡：沉默超过该限度的 %g；重新激活：沉默超过当时限度后在最近 %g 个活跃天内回来；新客户：首购在最近 %g 个活跃天内；活跃：其余",
		o.Floor, o.Factor, o.MinGaps, o.Dormant, o.Fresh, o.Fresh)}
}

// factWords says a fact of the loyalty of a customer in both languages.
func factWords(f persistency.Fact) job.Words {
	var what string
	switch f.Part {
	case persistency.Tenure:
		what = fmt.Sprintf("成为客户 %.1f 年", f.Value/365.25)
	case persistency.Repeat:
		what = fmt.Sprintf("每年再购 %.1f 次", f.Value)
	case persistency.Rhythm:
		if !f.Known {
			return job.Words{EN: f.Words(), ZH: "购买次数太少，看不出节奏"}
		}
		what = fmt.Sprintf("购买间隔波动 %.0f%%", 100*f.Value)
	case persistency.Recency:
		what = fmt.Sprintf("沉默已达常态间隔的 %.1f 倍", f.Value)
	case persistency.PAlive:
		what = fmt.Sprintf("仍是客户的可能性 %.0f%%", 100*f.Value)
	case persistency.Breadth:
		what = fmt.Sprintf("购买 %.0f 个学科", f.Value)
	}
	if f.Percentile >= 50 {
		return job.Words{EN: f.Words(), ZH: fmt.Sprintf("%s：优于同类客户的 %.0f%%", what, f.Percentile)}
	}
	return job.Words{EN: f.Words(), ZH: fmt.Sprintf("%s：不及同类客户的 %.0f%%", what, 100-f.Percentile)}
}
