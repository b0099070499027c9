package promotion

import (
	"context"
	"fmt"
	"math"

	"verso/models/job"
	"verso/models/uplift"
)

// Ways of counting the e-mails a customer had.
const (
	inMonth = "calendar month"
	inDays  = "30 days"
)

// Fatigue says how the response to an e-mail depends on how many there were
// before it, into score.fatigue.
func Fatigue() job.Model { return job.Model{Name: "response_fatigue", Run: runFatigue} }

func runFatigue(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Feature(ctx, "message_sent"); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT customer_key, sent_day, nth, responded FROM feature.message_sent ORDER BY customer_key, sent_day, campaign_key")
	if err != nil {
		return 0, err
	}
	var messages uplift.Contacts
	var nth []int
	for i := range f.Rows() {
		messages.Customer = append(messages.Customer, fmt.Sprintf("%010d", int64(f.Column("customer_key")[i])))
		messages.Day, nth = append(messages.Day, int(f.Column("sent_day")[i])), append(nth, int(f.Column("nth")[i]))
		messages.Response = append(messages.Response, f.Column("responded")[i])
	}
	c := job.Card{Model: "response_fatigue", Version: 1, Rows: int64(f.Rows()), Outputs: []string{"fatigue"},
		Definition: job.Words{
			EN: "Share of e-mails answered by which e-mail of its calendar month it was, and by the e-mails of the last 30 days. The ratio compares e-mails to the same customer (Mantel-Haenszel), so it does not matter who is mailed often.",
			ZH: "按当月第几封邮件、以及过去 30 天内的邮件数统计的回应率。比值在同一客户的邮件之间比较（Mantel–Haenszel），与谁常收邮件无关。"},
		Features: []job.Feature{{Name: "answered", Definition: job.Words{EN: "any reaction but an unsubscribe", ZH: "除退订外的任何反应"}}}}
	var counting []string
	var contacts, sent []int64
	var columns [6][]float64
	c.Reading = job.Words{EN: "No e-mail of a campaign has been sent that had a week to be answered.", ZH: "没有已发送满一周的活动邮件。"}
	for _, way := range []string{inMonth, inDays} {
		if f.Rows() == 0 {
			break
		}
		if messages.Nth = nth; way == inDays {
			messages.Nth = nil
		}
		r, err := uplift.MeasureFatigue(messages, uplift.FatigueOptions{})
		if err != nil {
			return 0, err
		}
		for _, s := range r.Steps {
			row := [6]float64{s.Rate, s.Low, s.High, math.NaN(), math.NaN(), math.NaN()}
			if s.Ratio > 0 {
				row[3], row[4], row[5] = s.Ratio, known(s.RatioLow), known(s.RatioHigh)
			}
			counting, contacts, sent = append(counting, way), append(contacts, int64(s.Contacts)), append(sent, int64(s.Messages))
			for k := range columns {
				columns[k] = append(columns[k], row[k])
			}
		}
		fatigueCard(&c, way, r)
	}
	err = j.Score(ctx, fatigueSQL, nil, job.Col("counting", counting), job.Col("contacts", contacts), job.Col("messages", sent), job.Col("rate", columns[0]), job.Col("low", columns[1]), job.Col("high", columns[2]),
		job.Col("ratio", columns[3]), job.Col("ratio_low", columns[4]), job.Col("ratio_high", columns[5]))
	if err != nil {
		return 0, err
	}
	return int64(f.Rows()), j.Save(ctx, c)
}

// fatigueCard reads the steps within a calendar month, else says why there are none.
func fatigueCard(c *job.Card, way string, r *uplift.Fatigue) {
	if r.SE > 0 {
		c.Metric("slope."+way, r.Slope, "share", job.Wordsf("change of the share answered with each further e-mail to the same customer; p = %.2g", "对同一客户每多发一封邮件回应率的变动；p = %.2g", r.P))
	}
	if way != inMonth {
		return
	}
	c.Reading = job.Words{EN: "No customer had more than one e-mail in a month, so nothing can be said about fatigue.", ZH: "没有客户在同一个月收到多封邮件，无法判断疲劳。"}
	lowest := 1.0
	for _, s := range r.Steps {
		if s.Contacts == 1 || s.Ratio == 0 {
			continue
		}
		c.Metric(fmt.Sprintf("ratio.%d", s.Contacts), s.Ratio, "", job.Wordsf("answers to e-mail %d of a month against the first to the same customer; %.2f to %.2f", "当月第 %d 封邮件的回应与同一客户第一封之比；%.2f 至 %.2f", s.Contacts, s.RatioLow, s.RatioHigh))
		if s.RatioHigh < 1 && s.Ratio < lowest {
			lowest = s.Ratio
			c.Reading = job.Wordsf("Customers tire: e-mail %d of a month is answered %.0f %% less than the first (%.0f %% to %.0f %%).", "客户会疲劳：当月第 %d 封邮件的回应率比第一封低 %.0f %%（%.0f %% 至 %.0f %%）。",
				s.Contacts, 100*(1-s.Ratio), 100*(1-s.RatioHigh), 100*(1-s.RatioLow))
		}
	}
	if len(r.Steps) > 1 && lowest == 1 {
		c.Reading = job.Words{EN: "Further e-mails in a month are answered as often as the first, as far as can be told.", ZH: "就目前数据，同月后续邮件的回应率与第一封无明显差别。"}
	}
}
