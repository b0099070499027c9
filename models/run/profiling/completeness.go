package profiling

import (
	"context"
	"fmt"

	"verso/models/frame"
	"verso/models/job"
)

// Completeness measures what is known of customers: the share of key fields by
// type into score.completeness, and by customer, with the day it was last heard
// of, into score.customer_completeness.
func Completeness() job.Model { return job.Model{Name: "completeness", Run: runCompleteness} }

func runCompleteness(ctx context.Context, j *job.Job) (int64, error) {
	for _, name := range []string{"customer_known", "customer_touch"} {
		if err := j.Feature(ctx, name); err != nil {
			return 0, err
		}
	}
	for _, sql := range []string{completenessSQL, customerCompletenessSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, fmt.Errorf("write scores: %w", err)
		}
	}
	f, err := j.Frame(ctx, `SELECT count(*) AS customers, CAST(sum(known) AS DOUBLE) AS known, CAST(sum(fields) AS DOUBLE) AS fields,
    sum(CASE WHEN is_stale THEN 1 ELSE 0 END) AS stale, sum(CASE WHEN last_touch IS NULL THEN 1 ELSE 0 END) AS untouched FROM score.customer_completeness`)
	if err != nil {
		return 0, err
	}
	c, err := completenessCard(ctx, j, f)
	if err != nil {
		return 0, err
	}
	return c.Rows, j.Save(ctx, c)
}

func completenessCard(ctx context.Context, j *job.Job, f *frame.Frame) (job.Card, error) {
	at := func(name string) float64 { return f.Column(name)[0] }
	c := job.Card{
		Model: "completeness", Version: 1, Rows: int64(at("customers")), Outputs: []string{"completeness", "customer_completeness"},
		Definition: job.Words{
			EN: "Key fields that are filled in, of those that the company has of any customer of the type. Stale: neither an order nor any contact for more than 24 months; " +
				"customers without either count from the day they were recorded.",
			ZH: "已填关键字段占应填字段的比例（公司对该类客户均未记录的字段不计）。陈旧：24 个月以上既无订单也无任何接触；二者皆无者自建档日起算。"},
		Features: []job.Feature{{Name: "fields", Definition: job.Words{EN: "name, type, place, channel, owner, first contact, contact person and how to reach it, interests, language, consent, credit, budget", ZH: "名称、类型、地点、渠道、负责人、首次接触、联系人及联系方式、兴趣、语言、同意、信用、预算"}},
			{Name: "touch", Definition: job.Words{EN: "order, activity, message, ticket, web session or answer to a campaign", ZH: "订单、活动、来信、工单、网站访问或对营销的回应"}}},
	}
	if at("customers") == 0 {
		c.Reading = job.Words{EN: "There are no customers.", ZH: "没有客户。"}
		return c, nil
	}
	share := at("known") / at("fields")
	c.Metric("completeness", share, "share", job.Words{EN: "of the key fields of all customers are filled in", ZH: "全部客户的关键字段已填的比例"})
	c.Metric("stale", at("stale"), "customers", job.Words{EN: "not heard of for more than 24 months", ZH: "超过 24 个月无音讯"})
	c.Metric("untouched", at("untouched"), "customers", job.Words{EN: "never heard of", ZH: "从无音讯"})
	worst := job.Words{}
	err := j.Each(ctx, `SELECT 0, field_en || '|' || field_zh FROM score.completeness WHERE is_counted
GROUP BY field_en, field_zh ORDER BY CAST(sum(known) AS DOUBLE) / CAST(sum(customers) AS DOUBLE), field_en LIMIT 1`, func(_ int64, text string) {
		for i, r := range text {
			if r == '|' {
				worst = job.Words{EN: text[:i], ZH: text[i+1:]}
				break
			}
		}
	})
	if err != nil {
		return c, err
	}
	c.Reading = job.Wordsf("%.1[1]f %% of the key fields of %[2]d customers are filled in; the least known is: %[3]s. %[4]d customers have not been heard of for more than 24 months.",
		"%[2]d 个客户的关键字段已填 %.1[1]f %%，最缺的是：%[5]s。%[4]d 个客户 24 个月以上无任何往来。", 100*share, c.Rows, worst.EN, int64(at("stale")), worst.ZH)
	return c, nil
}
