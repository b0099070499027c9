package prospecting

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"verso/models/job"
)

var (
	//go:embed sql/wallet.sql
	walletSQL string
	//go:embed sql/whitespace.sql
	whitespaceSQL string
	//go:embed sql/whitespace_test.sql
	whitespaceTestSQL string
)

// leastPeers is how many buying customers a group of customers alike needs;
// mostSubjects how many subjects are listed for one customer.
const leastPeers, mostSubjects = 20, 3

// Wallet says what share of its book money every customer spends with us and
// what it could still buy (score.wallet), and which subjects it never bought
// though its like do (score.whitespace). It reads score.clv.
func Wallet() job.Model { return job.Model{Name: "wallet", Run: runWallet} }

// whitespaceTest is how the list of subjects did when made a year ago.
type whitespaceTest struct {
	cells, listed, bought, listedBought float64
}

func runWallet(ctx context.Context, j *job.Job) (int64, error) {
	for _, name := range []string{"customer_margin", "wallet_base", "wallet_peer"} {
		if err := j.Feature(ctx, name); err != nil {
			return 0, err
		}
	}
	if err := j.Exec(ctx, walletSQL, leastPeers); err != nil {
		return 0, fmt.Errorf("write scores: %w", err)
	}
	test, err := testWhitespace(ctx, j)
	if err != nil {
		return 0, err
	}
	if err := subjects(ctx, j, j.AsOf); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, whitespaceSQL, mostSubjects); err != nil {
		return 0, fmt.Errorf("write scores: %w", err)
	}
	f, err := j.Frame(ctx, `SELECT count(*) AS customers, coalesce(sum(CASE WHEN basis = 'budget' THEN 1 ELSE 0 END), 0) AS budgets, coalesce(sum(CASE WHEN basis = 'peers' THEN 1 ELSE 0 END), 0) AS peers,
coalesce(sum(CASE WHEN basis = 'none' THEN 1 ELSE 0 END), 0) AS neither, coalesce(sum(CASE WHEN is_low THEN 1 ELSE 0 END), 0) AS low, coalesce(sum(CASE WHEN is_wanted THEN 1 ELSE 0 END), 0) AS wanted,
coalesce(CAST(sum(CASE WHEN basis = 'budget' THEN sales_12 END) AS DOUBLE), 0) AS sales, coalesce(CAST(sum(budget) AS DOUBLE), 0) AS budget, coalesce(sum(potential), 0) AS potential,
(SELECT count(*) FROM score.whitespace) AS subjects, (SELECT count(DISTINCT customer_key) FROM score.whitespace) AS listed FROM score.wallet`)
	if err != nil {
		return 0, err
	}
	count := func(name string) float64 { return f.Column(name)[0] }
	return int64(count("customers")), j.Save(ctx, walletCard(count, test))
}

// subjects builds the features of whitespace as of a day.
func subjects(ctx context.Context, j *job.Job, day time.Time) error {
	if err := j.Feature(ctx, "whitespace_cell", day, day); err != nil {
		return err
	}
	return j.Feature(ctx, "whitespace")
}

// testWhitespace makes the list as of a year ago and counts what was bought since
// by customers who bought anything.
func testWhitespace(ctx context.Context, j *job.Job) (whitespaceTest, error) {
	past := j.AsOf.AddDate(-1, 0, 0)
	if err := subjects(ctx, j, past); err != nil {
		return whitespaceTest{}, err
	}
	f, err := j.Frame(ctx, whitespaceTestSQL, past, past)
	if err != nil {
		return whitespaceTest{}, err
	}
	return whitespaceTest{cells: f.Column("cells")[0], listed: f.Column("listed")[0], bought: f.Column("bought")[0], listedBought: f.Column("listed_bought")[0]}, nil
}

func walletCard(count func(string) float64, t whitespaceTest) job.Card {
	c := job.Card{
		Model: "wallet", Version: 1, Rows: int64(count("customers")), Outputs: []string{"wallet", "whitespace"},
		Definition: job.Words{
			EN: "Share of wallet: our net sales of the last twelve months over the yearly book budget the customer has told; without a budget, over what the best quarter of customers alike (type, size by credit limit, area) bought at least. On the low list are those whose budget is five times our sales or more, in the last twelve months and in the last calendar year. Whitespace: subjects not bought in 24 months that many customers alike buy.",
			ZH: "钱包份额：近十二个月我方净额 ÷ 客户告知的年度购书预算；无预算者除以同类客户（类型、按信用额度的规模、地区）前四分之一的起点。低份额名单为预算达我方销售五倍以上者（近十二个月与上一自然年均如此）。空白类目：24 个月内未购而同类客户多有购买的学科。"},
		Features: []job.Feature{
			{Name: "sales_12", Definition: job.Words{EN: "net sales of the order lines of the last twelve months", ZH: "最近十二个月订单行的净额"}},
			{Name: "budget", Definition: job.Words{EN: "annual_book_budget of the customer's record; it is not dated", ZH: "客户档案的年度购书预算（annual_book_budget）；无日期"}},
			{Name: "peers", Definition: job.Wordsf("customers alike who bought in these months, at least %d: of type, size and area, else of type and size, else of type", "这些月份内购买的同类客户，至少 %d 个：同类型、规模与地区，否则同类型与规模，再否则同类型", leastPeers)},
			{Name: "size", Definition: job.Words{EN: "third of the type by credit limit", ZH: "同类型中按信用额度的三分之一段"}},
		},
	}
	c.Parameter("purchases_elsewhere", job.Words{EN: "the warehouse has no table of what customers buy from others, so shares rest on budgets and on customers alike", ZH: "仓库中没有客户向他人购买的数据，故份额依据预算与同类客户"})
	c.Parameter("whitespace.window_months", 24)
	c.Parameter("whitespace.rule", job.Wordsf("customer with 5 lines or more; subject bought by a quarter of at least %d alike; 1.6 or more lines expected; at most %d subjects a customer", "客户有 5 行以上；至少 %d 个同类客户中四分之一购买该学科；应有 1.6 行以上；每客户至多 %d 个学科", leastPeers, mostSubjects))
	c.Metric("customers", count("customers"), "customers", job.Words{EN: "who bought or have a budget", ZH: "购买过或有预算的客户"})
	c.Metric("by_budget", count("budgets"), "customers", job.Words{EN: "judged by their budget", ZH: "按其预算判断"})
	c.Metric("by_peers", count("peers"), "customers", job.Words{EN: "judged by customers alike", ZH: "按同类客户判断"})
	c.Metric("without_basis", count("neither"), "customers", job.Words{EN: "with neither", ZH: "两者皆无"})
	c.Metric("low_share", count("low"), "customers", job.Words{EN: "budget five times our sales or more", ZH: "预算达我方销售五倍以上"})
	c.Metric("wanted", count("wanted"), "customers", job.Words{EN: "of the quarter worth most in time to come, probably still alive, with less than half of the wallet spent with us", ZH: "将来价值最高的四分之一中，大概仍是客户且钱包不足一半花在我方者"})
	c.Metric("whitespace", count("subjects"), "rows", job.Words{EN: "subjects listed", ZH: "所列学科"})
	if t.listed > 0 && t.cells > t.listed {
		c.Metric("whitespace.hit_rate", t.listedBought/t.listed, "share", job.Wordsf("of %.0f subjects that the same rule listed a year ago, bought since", "一年前同法所列 %.0f 个学科中此后被购买的比例", t.listed))
		c.Metric("whitespace.base_rate", (t.bought-t.listedBought)/(t.cells-t.listed), "share", job.Words{EN: "of the other subjects never bought, bought since", ZH: "其余未购学科中此后被购买的比例"})
	}
	c.Reading = walletReading(count, t)
	return c
}

func walletReading(count func(string) float64, t whitespaceTest) job.Words {
	if count("customers") == 0 {
		return job.Words{EN: "No share can be told: no customer has bought or told a budget.", ZH: "无法计算份额：没有客户购买或告知预算。"}
	}
	var w job.Words
	if count("budget") > 0 {
		w = job.Wordsf("The %.0f customers who told a budget spend %.0f %% of it with us; %.0f of them spend a fifth or less.", "告知预算的 %.0f 个客户有 %.0f %% 的预算花在我方；其中 %.0f 个不足五分之一。",
			count("budgets"), 100*count("sales")/count("budget"), count("low"))
	} else {
		w = job.Words{EN: "No customer has told a budget: shares rest on customers alike.", ZH: "没有客户告知预算：份额以同类客户为准。"}
	}
	n := job.Wordsf(" %.0f customers have subjects that their like buy and they do not.", "%.0f 个客户有同类客户购买而自己未购的学科。", count("listed"))
	w.EN, w.ZH = w.EN+n.EN, w.ZH+n.ZH
	if t.listed > 0 && t.cells > t.listed {
		n = job.Wordsf(" Of the subjects listed so a year ago %.0f %% were bought since, of the others %.0f %%.", "一年前同法列出的学科此后有 %.0f %% 被购买，其余为 %.0f %%。",
			100*t.listedBought/t.listed, 100*(t.bought-t.listedBought)/(t.cells-t.listed))
		w.EN, w.ZH = w.EN+n.EN, w.ZH+n.ZH
	}
	return w
}
