package product

import (
	"context"
	_ "embed"
	"fmt"

	"verso/models/assortment"
	"verso/models/job"
)

var (
	//go:embed sql/title_edition.sql
	titleEditionSQL string
	//go:embed sql/stock_state.sql
	stockStateSQL string
	//go:embed sql/stock_out.sql
	stockOutSQL string
	//go:embed sql/edition.sql
	editionSQL string
	//go:embed sql/substitution.sql
	substitutionSQL string
)

// Substitution writes score.substitution: titles that were ordered more while
// another was out of stock, and old editions that fell when the new one was
// listed, each against its peers.
func Substitution() job.Model { return job.Model{Name: "substitution", Run: runSubstitution} }

// switches are the candidates of one kind and what was found.
type switches struct {
	kind, sql            string
	title, other         []int64
	list                 []assortment.Switch
	found                []assortment.Substitution
	standsIn, substitute int // titles with one; pairs that pass
	isSubstitute         []bool
}

func runSubstitution(ctx context.Context, j *job.Job) (int64, error) {
	for _, sql := range []string{titleEditionSQL, stockStateSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	kinds := []*switches{{kind: "stock_out", sql: stockOutSQL}, {kind: "edition", sql: editionSQL}}
	for _, s := range kinds {
		if err := s.test(ctx, j); err != nil {
			return 0, fmt.Errorf("%s: %w", s.kind, err)
		}
	}
	rows, err := writeSwitches(ctx, j, kinds)
	if err != nil {
		return 0, err
	}
	return rows, j.Save(ctx, substitutionCard(kinds, rows))
}

func (s *switches) test(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, s.sql)
	if err != nil {
		return err
	}
	for i := range f.Rows() {
		at := func(name string) float64 { return f.Column(name)[i] }
		w := assortment.Switch{Before: int(at("before")), After: int(at("after")), DaysBefore: at("days_before"), DaysAfter: at("days_after"),
			PeersBefore: int(at("peers_before")), PeersAfter: int(at("peers_after"))}
		s.title, s.other, s.list = append(s.title, int64(at("title_key"))), append(s.other, int64(at("substitute_key"))), append(s.list, w)
	}
	if s.found, err = assortment.Substitutions(s.list, 0); err != nil {
		return err
	}
	s.isSubstitute = make([]bool, len(s.found))
	titles := map[int64]bool{}
	for i, v := range s.found {
		if s.isSubstitute[i] = v.Q <= rate && v.Ratio > 1; s.isSubstitute[i] {
			s.substitute++
			titles[s.title[i]] = true
		}
	}
	s.standsIn = len(titles)
	return nil
}

func writeSwitches(ctx context.Context, j *job.Job, kinds []*switches) (int64, error) {
	var kind []string
	var title, other []int64
	var is []bool
	whole, float := make([][]int64, 6), make([][]float64, 5)
	for _, s := range kinds {
		for i, v := range s.found {
			w := s.list[i]
			kind, title, other, is = append(kind, s.kind), append(title, s.title[i]), append(other, s.other[i]), append(is, s.isSubstitute[i])
			for k, x := range []int{w.Before, w.After, w.PeersBefore, w.PeersAfter, int(w.DaysBefore), int(w.DaysAfter)} {
				whole[k] = append(whole[k], int64(x))
			}
			for k, x := range []float64{v.Ratio, v.Low, v.High, v.P, v.Q} {
				float[k] = append(float[k], x)
			}
		}
	}
	columns := []job.Column{job.Col("kind", kind), job.Col("title_key", title), job.Col("substitute_key", other), job.Col("is_substitute", is)}
	for k, name := range []string{"before", "after", "peers_before", "peers_after", "days_before", "days_after"} {
		columns = append(columns, job.Col(name, whole[k]))
	}
	for k, name := range []string{"ratio", "low", "high", "p", "q"} {
		columns = append(columns, job.Col(name, float[k]))
	}
	return int64(len(kind)), j.Score(ctx, substitutionSQL, nil, columns...)
}

func substitutionCard(kinds []*switches, rows int64) job.Card {
	c := job.Card{
		Model: "substitution", Version: 1, Rows: rows, Outputs: []string{"substitution"},
		Definition: job.Words{
			EN: "stock_out: orders of a title of the same class and level while another was out of stock (orders_after) and in the stretches between counts around it when it was not (orders_before), against all other titles of that class and level in the same stretches. edition: orders of an old edition before the newer one was listed (orders_after) and since (orders_before), against titles of the level listed in the same quarter. ratio: by how much more the one rose, or the old edition fell, than its peers. q: false discovery rate of Fisher's exact test over all pairs of a kind; a substitute has q ≤ 5 %.",
			ZH: "stock_out：某品种缺货期间（orders_after）与其前后有货的盘点期间（orders_before），同类同层次另一品种的订单数，与同类同层次其余品种同期对照。edition：新版列目之前（orders_after）与之后（orders_before）旧版的订单数，与同层次同季列目的品种对照。ratio：替代品增幅（或旧版降幅）为同侪的几倍。q：同一类别全部组合费舍尔精确检验的错误发现率；q ≤ 5 % 视为替代品。"},
		Features: []job.Feature{{Name: "stock_out", Definition: job.Words{EN: "stretches between two counts that begin with no copy on hand", ZH: "两次盘点之间、起点无库存的时段"}}, {Name: "candidates", Definition: job.Words{EN: "the 20 titles of the class and level with most orders, at least 5", ZH: "同类同层次中订单最多的 20 个品种，至少 5 单"}}},
	}
	out, edition := kinds[0], kinds[1]
	c.Metric("stock_out.pairs", float64(len(out.list)), "pairs", job.Words{EN: "pairs of a title that ran out and one that may stand in", ZH: "缺货品种与可能替代者的组合"})
	c.Metric("stock_out.substitutes", float64(out.substitute), "pairs", job.Words{EN: "those that pass", ZH: "通过检验者"})
	c.Metric("edition.pairs", float64(len(edition.list)), "pairs", job.Words{EN: "old editions with five orders or more around the listing of the newer", ZH: "新版列目前后有五单以上的旧版"})
	c.Metric("edition.substitutes", float64(edition.substitute), "pairs", job.Words{EN: "old editions that fell by more than their peers", ZH: "降幅大于同侪的旧版"})
	en, zh := "No title that ran out of stock has candidates of its class and level that were ordered: nothing to compare.", "没有缺货品种存在同类同层次的订购品种，无从比较。"
	if n := len(out.list); n > 0 {
		en = fmt.Sprintf("Of %d pairs around stock-outs, %d titles were ordered more while another was out of stock than chance explains.", n, out.substitute)
		zh = fmt.Sprintf("在 %d 对缺货组合中，%d 个品种在他书缺货期间的订购多于偶然。", n, out.substitute)
	}
	en2, zh2 := " No old edition was ordered often enough around the listing of a newer one.", "没有旧版在新版列目前后有足够的订购。"
	if n := len(edition.list); n > 0 {
		en2 = fmt.Sprintf(" Of %d old editions, %d fell by more than their peers when the newer was listed.", n, edition.substitute)
		zh2 = fmt.Sprintf("在 %d 个旧版中，%d 个在新版列目后的降幅大于同侪。", n, edition.substitute)
	}
	c.Reading = job.Words{EN: en + en2, ZH: zh + zh2}
	return c
}
