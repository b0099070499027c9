package catalog

import "verso/olap/cube"

// Example is a question to the shipped cubes, as compact text.
type Example struct {
	Title cube.Text
	Text  string
}

// Examples are questions to try.
func Examples() []Example {
	example := func(text, en, zh string) Example { return Example{cube.Text{EN: en, ZH: zh}, text} }
	return []Example{
		example("sales by year show net, orders, customers, aov totals grand",
			"Every year: sales, orders, customers and the average order", "各年销售净额、订单数、客户数与平均订单额"),
		example("sales by customer.type × year show net totals all time 2023..",
			"Kinds of customers against years, with totals on both sides", "客户类型与年份交叉，行列均有合计"),
		example("sales by customer.name show net, margin% top 10 by net with others totals grand time ytd",
			"The ten best customers of this year, the others in one row", "今年前十大客户，其余合为一行"),
		example("sales by month show net, copies time last 12 months",
			"The last twelve months", "最近十二个月"),
		example("sales by class.group, class.l1 show net, discount_rate, margin% totals rows, grand time 2025",
			"Subjects with subtotals: sales, discount and margin of 2025", "2025 年各类目的销售、折扣率与毛利率，含小计"),
		example("sales by area × quarter show net where customer.type in (library, university) time 2025",
			"Libraries and universities by area and quarter", "图书馆与高校：大区与季度交叉"),
		example("sales by tier show customers, net, orders totals grand time previous year",
			"What each tier of customers bought last year", "上一年各层级客户的购买情况"),
		example("sales by channel.kind × year show orders, aov where area in (\"East China\", \"North China\")",
			"Channels in two areas", "两个大区的各渠道订单"),
		example("sales by title.title show copies, net top 20 by copies where not language = eng and textbook = true",
			"The twenty best-selling textbooks not in English", "销量前二十的非英语教材"),
		example("sales by publisher.name show net, price_realisation bottom 5 by price_realisation where publisher.country in (US, GB, DE)",
			"Publishers with the deepest discounts, of three countries", "三国出版社中价格实现率最低的五家"),
		example("sales by salesperson.name × year show net sort net desc time 2024.. totals cols",
			"Salespeople, the best first", "业务员销售，从高到低"),
		example("sales by rfm_segment show customers, net, aov where rfm_segment is not null totals grand",
			"RFM segments: how many customers, what they spend", "RFM 分群的客户数与消费"),
		example("sales by term show net where customer.type = university vs py",
			"Terms against the year before", "各学期与上一年同期相比"),
		example("returns by publisher.name show return_value, return_copies top 10% by return_value with others time 2025",
			"Where the returns come from: the top tenth of publishers", "退货最多的前 10% 出版社"),
		example("sales by region show net having net > 10000 time ytd vs py sort net desc",
			"Regions with more than 10,000 this year, beside last year", "今年销售超过一万的地区，与去年同期相比"),
	}
}
