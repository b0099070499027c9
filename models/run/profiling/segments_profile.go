package profiling

import (
	"context"
	"fmt"
	"math"
	"sort"
	"time"

	"verso/models/job"
	"verso/models/segment"
)

// told is what one measure says of one segment, over the customers with habits.
type told struct {
	mean, others float64 // NaN without a customer that has a value
	difference   float64 // of the means, in standard deviations of all
}

// tell compares the members of a segment with all others.
func (d *division) tell(label int, values []float64, known []bool) told {
	var n, sum, square [2]float64
	for i, x := range values {
		if !known[i] || math.IsNaN(x) {
			continue
		}
		side := 1
		if d.labels[i] == label {
			side = 0
		}
		n[side], sum[side], square[side] = n[side]+1, sum[side]+x, square[side]+x*x
	}
	t := told{sum[0] / n[0], sum[1] / n[1], 0} // 0/0 is NaN: none has a value
	all, mean := n[0]+n[1], (sum[0]+sum[1])/(n[0]+n[1])
	spread := math.Sqrt(math.Max(0, (square[0]+square[1])/all-mean*mean))
	if n[0] > 0 && n[1] > 0 && spread > 1e-9*math.Max(1, math.Abs(mean)) {
		t.difference = (t.mean - t.others) / spread
	}
	return t
}

// known are the customers with habits.
func (d *division) known(o SegmentOptions) []bool {
	out := make([]bool, len(d.habit.keys))
	for i, n := range d.habit.orders {
		out[i] = n >= float64(o.Orders)
	}
	return out
}

func (d *division) writeProfile(ctx context.Context, j *job.Job, o SegmentOptions) error {
	var segments, customers, places []int64
	var used []bool
	var share, found, mean, others, difference []float64
	var texts [7][]string // name, name_zh, verdict, feature, feature_en, feature_zh, unit
	if d.model != nil {
		known := d.known(o)
		members := make([]int, d.model.K)
		total := 0
		for i, label := range d.labels {
			if known[i] {
				members[label]++
				total++
			}
		}
		for label, s := range d.model.Segments {
			tells := make([]told, len(measures))
			order := make([]int, len(measures))
			for k, m := range measures {
				tells[k], order[k] = d.tell(label, d.habit.shown[m.column], known), k
			}
			sort.SliceStable(order, func(a, b int) bool {
				return math.Abs(tells[order[a]].difference) > math.Abs(tells[order[b]].difference)
			})
			for place, k := range order {
				m, t := measures[k], tells[k]
				segments, customers, places = append(segments, int64(label+1)), append(customers, int64(members[label])), append(places, int64(place+1))
				share, found = append(share, float64(members[label])/float64(total)), append(found, s.Jaccard)
				mean, others, difference = append(mean, t.mean), append(others, t.others), append(difference, t.difference)
				used = append(used, m.used != "" && !d.dropped(m.used))
				for c, text := range []string{s.Name.EN, s.Name.ZH, s.Verdict, m.column, m.words.EN, m.words.ZH, m.unit} {
					texts[c] = append(texts[c], text)
				}
			}
		}
	}
	return j.Score(ctx, segmentProfileSQL, nil, job.Col("segment", segments), job.Col("name", texts[0]), job.Col("name_zh", texts[1]), job.Col("customers", customers),
		job.Col("share", share), job.Col("found_again", found), job.Col("verdict", texts[2]), job.Col("feature", texts[3]), job.Col("feature_en", texts[4]),
		job.Col("feature_zh", texts[5]), job.Col("unit", texts[6]), job.Col("is_used", used), job.Col("place", places),
		job.Col("mean", mean), job.Col("others_mean", others), job.Col("difference", difference))
}

// dropped tells whether a habit took no part because it does not vary.
func (d *division) dropped(name string) bool {
	for c, f := range habits {
		if f.Name == name {
			return d.model.Scales[c].Dropped
		}
	}
	return true
}

// verdictZH says in Chinese whether a segment is found again.
var verdictZH = map[string]string{segment.Stable: "稳定", segment.Doubtful: "存疑", segment.Unstable: "不稳定"}

func (d *division) card(o SegmentOptions) job.Card {
	c := job.Card{
		Model: "segments", Version: 1, Rows: int64(len(d.labels)), Outputs: []string{"segment", "segment_profile", "segment_choice"},
		Definition: job.Words{
			EN: "Customers divided by k-means on four habits, each brought to mean 0 and standard deviation 1. The number of segments is the one found again best in bootstrap samples; of those within 0.01 the one whose segments are furthest apart. " +
				"The fit is on customers with enough orders to have habits; all others get the nearest segment and are marked (is_known is false).",
			ZH: "按四项订购习惯（各标准化为均值 0、标准差 1）用 k 均值分群；群数取自助样本中重现最好者（相差 0.01 以内取轮廓系数最大者）。仅用订单足够的客户拟合，其余客户归入最近的群并标明（is_known 为假）。"},
		Reading:  d.why,
		Features: append([]job.Feature(nil), definitions...),
	}
	c.Parameter("from", d.from.Format(time.DateOnly))
	c.Parameter("to_have_habits", job.Wordsf("%d orders", "%d 单", o.Orders))
	c.Parameter("fitted_on", job.Wordsf("%d customers, at most %d, in order of the hash of their key", "%d 个客户，至多 %d 个，按键的散列排序", len(d.fit), o.Rows))
	if d.model == nil {
		return c
	}
	m := d.model
	c.Parameter("segments", m.K)
	for i, scale := range m.Scales {
		if scale.Dropped {
			c.Parameter("not_used."+habits[i].Name, scale.Note)
		}
	}
	var tried, found float64
	for _, x := range d.choices {
		if x.isChosen {
			found = x.found
		} else {
			tried = math.Max(tried, x.found)
		}
		c.Metric(fmt.Sprintf("found_again_%d", x.segments), x.found, "", job.Wordsf("mean adjusted Rand index of %d segments with those of %d bootstrap samples", "%d 个客群与 %d 个自助样本所得客群的平均调整兰德指数", x.segments, x.candidate.Stability.Runs))
	}
	c.Metric("silhouette", m.Silhouette, "", job.Words{EN: "1: segments far apart, 0: touching", ZH: "1：客群相距甚远，0：相接"})
	for s, g := range m.Segments {
		c.Metric(fmt.Sprintf("segment_%d_found_again", s+1), g.Jaccard, "", job.Words{EN: g.Name.EN + ": mean Jaccard similarity in bootstrap samples, " + g.Verdict, ZH: g.Name.ZH + "：自助样本中的平均杰卡德相似度，" + verdictZH[g.Verdict]})
	}
	c.Reading = d.reading(found, tried)
	return c
}

// reading names the segments with their share of the customers with habits.
func (d *division) reading(found, next float64) job.Words {
	var names job.Words
	for i, g := range d.model.Segments {
		comma := job.Words{EN: ", ", ZH: "、"}
		if i == 0 {
			comma = job.Words{}
		}
		share := job.Wordsf(" %.1f %%", " %.1f%%", 100*g.Share)
		names.EN += comma.EN + g.Name.EN + share.EN
		names.ZH += comma.ZH + g.Name.ZH + share.ZH
	}
	trust, trustZH := "found again in other samples", "在其他样本中可重现"
	if found < segmentTrust {
		trust, trustZH = "not found again well enough to act on", "在其他样本中重现不足，不宜据以行动"
	}
	return job.Wordsf("%[1]d segments of %[2]d customers: %[3]s. They are %[4]s: adjusted Rand index %.2[5]f, the next best number %.2[6]f.",
		"%[2]d 个客户分为 %[1]d 群：%[7]s。%[8]s：调整兰德指数 %.2[5]f，次优群数 %.2[6]f。",
		d.model.K, len(d.fit), names.EN, trust, found, next, names.ZH, trustZH)
}

// segmentTrust is the agreement between samples below which segments are not to
// be acted on.
const segmentTrust = .75
