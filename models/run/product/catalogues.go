package product

import (
	"context"
	_ "embed"

	"verso/models/job"
)

//go:embed sql/catalogue.sql
var catalogueSQL string

// Catalogues writes score.catalogue: of the titles that catalogues list, how many
// were ordered within 90 days, how much of them and how soon, by catalogue, third
// of its pages and type of customer.
func Catalogues() job.Model { return job.Model{Name: "catalogues", Run: runCatalogues} }

func runCatalogues(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, catalogueSQL); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT count(*) AS n FROM score.catalogue")
	if err != nil {
		return 0, err
	}
	rows := int64(f.Column("n")[0])
	c := job.Card{
		Model: "catalogues", Version: 1, Rows: rows, Outputs: []string{"catalogue"},
		Definition: job.Words{
			EN: "Hit rate: of the titles listed in catalogues whose 90 days are over, the share that was ordered in those days, by whatever way the order came; with its 95 % interval (Wilson). By type of customer: the share that a customer of the type ordered. Days are those from the issue to the first order of the titles that were ordered.",
			ZH: "命中率：发布满 90 天的目录中，所列品种在此期间有订购的比例（不论订单来自何处），附 95 % 区间（Wilson）。按客户类型：该类型客户有订购的比例。天数：有订购品种自发布至首次订购的天数。"},
		Features: []job.Feature{{Name: "listing", Definition: job.Words{EN: "a title in a catalogue; the 90 days from the issue must be over", ZH: "目录中的一个品种；自发布起须满 90 天"}}, {Name: "page_third", Definition: job.Words{EN: "third of the pages of its catalogue", ZH: "所在目录页面的三分之一段"}}},
	}
	if rows == 0 {
		c.Reading = job.Words{EN: "No listing of a catalogue is 90 days old: there is no hit rate. The tables catalogue and catalogue_item hold them.", ZH: "没有已满 90 天的目录列目，故无命中率。相应数据表为 catalogue 与 catalogue_item。"}
		return 0, j.Save(ctx, c)
	}
	if f, err = j.Frame(ctx, "SELECT listings, hits, hit_rate, low, high, days_p50 FROM score.catalogue WHERE code = '(all)' AND page_third = '(all)' AND customer_type = '(all)'"); err != nil {
		return 0, err
	}
	at := func(name string) float64 { return f.Column(name)[0] }
	c.Metric("listings", at("listings"), "listings", job.Words{EN: "mature listings", ZH: "已满期的列目"})
	c.Metric("hit_rate", at("hit_rate"), "share", job.Words{EN: "of them ordered within 90 days", ZH: "其中 90 天内有订购的比例"})
	c.Metric("hit_rate_low", at("low"), "share", job.Words{EN: "lower end of its 95 % interval", ZH: "95% 区间下限"})
	c.Metric("hit_rate_high", at("high"), "share", job.Words{EN: "upper end", ZH: "上限"})
	c.Metric("days_p50", at("days_p50"), "days", job.Words{EN: "half of the titles ordered had their first order within these days", ZH: "被订购的品种有一半在此天数内首次被订"})
	c.Reading = job.Wordsf("Of %.0f mature listings %.1f %% were ordered within 90 days (%.1f to %.1f %%).", "%.0f 个满期列目中，%.1f %% 在 90 天内有订购（%.1f 至 %.1f %%）。",
		at("listings"), 100*at("hit_rate"), 100*at("low"), 100*at("high"))
	best, err := j.Frame(ctx, "SELECT max(hit_rate) AS best FROM score.catalogue WHERE code <> '(all)' AND page_third = '(all)' AND customer_type = '(all)'")
	if err != nil {
		return 0, err
	}
	c.Metric("hit_rate_best", best.Column("best")[0], "share", job.Words{EN: "of the catalogue with the highest rate", ZH: "比率最高的目录"})
	return rows, j.Save(ctx, c)
}
