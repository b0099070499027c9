package preset

import (
	"slices"
	"strings"

	"verso/etl/canon"
)

// Role is what a column of a flat order file can be used for.
type Role string

// The roles a flat order file can fill. Date, Quantity and one of Price and
// Amount are the minimum.
const (
	Order        Role = "order"
	Date         Role = "date"
	Customer     Role = "customer"
	CustomerName Role = "customer_name"
	Product      Role = "product"
	ProductName  Role = "product_name"
	Quantity     Role = "quantity"
	Price        Role = "price"
	Amount       Role = "amount"
	Discount     Role = "discount"
	Country      Role = "country"
	CurrencyCode Role = "currency"
	Status       Role = "status"
)

// role is what is known about a role before a file is seen.
type role struct {
	Role
	meaning string // for reports and messages
	fits    func(profile) bool
	names   []string // usual column names, most telling first
	also    []string // canonical names, accepted by --map
}

// roles are all roles, in the order in which they are reported.
func roles() []role {
	return []role{
		{Order, "number of the order or invoice", profile.numbered, []string{
			"invoice no", "order no", "order id", "order number", "invoice", "invoice id", "invoice number", "receipt no", "bill no",
			"order", "transaction id", "transaction no", "bestellnummer", "bestellung", "auftragsnummer", "auftrag", "belegnummer", "beleg", "nr", "rechnungsnummer", "numero commande", "pedido", "factura",
			"订单号", "订单编号", "订单ID", "单号", "发票号", "流水号", "name"}, []string{"order_id", "order_no"}},
		{Date, "date of the order", profile.dated, []string{
			"invoice date", "order date", "date", "created at", "ordered at", "purchase date", "transaction date", "sale date", "order time",
			"bestelldatum", "rechnungsdatum", "datum", "auftragsdatum", "date commande", "fecha",
			"订单日期", "下单日期", "下单时间", "日期", "销售日期", "开票日期", "paid at"}, []string{"order_date"}},
		{Customer, "who bought: a number or code", profile.code, []string{
			"customer id", "customer no", "customer number", "customer code", "customer", "client id", "client no", "client", "account id", "account",
			"cust id", "buyer id", "buyer", "user id", "kundennummer", "kunde", "kundennr", "cliente", "id client",
			"客户编号", "客户ID", "客户代码", "客户号", "客户", "会员号", "email", "customer email"}, []string{"customer_id"}},
		{CustomerName, "who bought: the name", profile.words, []string{
			"customer name", "client name", "company name", "billing company", "company", "billing name", "buyer name", "shipping company",
			"kundenname", "firma", "nom client", "客户名称", "单位名称", "单位", "购买人"}, nil},
		{Product, "what was bought: a number or code", profile.code, []string{
			"isbn", "isbn13", "stock code", "sku", "lineitem sku", "product id", "product code", "product no", "item id", "item code", "item no",
			"title id", "article no", "artikelnummer", "artikelnr", "article", "ean", "barcode", "referencia",
			"书号", "商品编号", "商品编码", "商品代码", "图书编号", "货号", "条码"}, []string{"title_id"}},
		{ProductName, "what was bought: the name", profile.words, []string{
			"description", "product name", "title", "book title", "item name", "lineitem name", "product", "item", "product title", "item description",
			"bezeichnung", "artikel", "titel", "designation", "libelle", "producto", "descripcion",
			"书名", "题名", "商品名称", "品名", "商品"}, []string{"title_text"}},
		{Quantity, "copies", profile.whole, []string{
			"quantity", "qty", "lineitem quantity", "qty ordered", "order quantity", "units", "copies", "pieces", "count", "number of items",
			"menge", "anzahl", "stuck", "stk", "quantite", "cantidad",
			"数量", "册数", "订数", "复本数", "购买数量", "件数"}, []string{"qty_ordered"}},
		{Price, "price per copy", profile.number, []string{
			"unit price", "price", "lineitem price", "price each", "sale price", "selling price", "price per unit", "item price", "net price",
			"einzelpreis", "preis", "stuckpreis", "prix unitaire", "prix", "precio", "precio unitario",
			"单价", "售价", "价格", "实洋单价", "成交价"}, []string{"unit_price"}},
		{Amount, "amount of the line", profile.number, []string{
			"amount", "line total", "line amount", "total", "net amount", "sales", "revenue", "total price", "line price", "value", "subtotal",
			"betrag", "gesamtpreis", "summe", "umsatz", "montant", "importe",
			"金额", "总价", "小计", "销售额", "实洋", "合计"}, nil},
		{Discount, "discount of the line", profile.number, []string{
			"discount pct", "discount percent", "discount", "lineitem discount", "discount rate", "discount amount", "line discount",
			"rabatt", "remise", "descuento", "折扣", "折扣率", "折扣额", "优惠金额"}, []string{"discount_pct"}},
		{Country, "country or region", profile.words, []string{
			"country", "billing country", "shipping country", "customer country", "region", "state", "province", "country region",
			"land", "pays", "pais", "国家", "地区", "省份", "省"}, []string{"region_code", "ship_to_region"}},
		{CurrencyCode, "currency", profile.currency, []string{
			"currency", "currency code", "ccy", "waehrung", "devise", "moneda", "币种", "货币"}, nil},
		{Status, "state of the order", profile.words, []string{
			"status", "order status", "financial status", "state of order", "订单状态", "状态"}, nil},
	}
}

// roleOf finds the role that a name given by a person means.
func roleOf(name string) (Role, bool) {
	want := canon.Normal(name)
	for _, r := range roles() {
		if canon.Normal(string(r.Role)) == want {
			return r.Role, true
		}
	}
	for _, r := range roles() {
		same := func(n string) bool { return canon.Normal(n) == want }
		if slices.ContainsFunc(r.names, same) || slices.ContainsFunc(r.also, same) {
			return r.Role, true
		}
	}
	return "", false
}

// named scores how well a column's name speaks for the role, from 0 to 1, and
// the usual name it was recognised by.
func (r role) named(column string) (score float64, usual string) {
	have := canon.Normal(column)
	for i, n := range r.names {
		if canon.Normal(n) == have {
			return 1 - 0.01*float64(i), n
		}
	}
	for _, n := range r.names {
		part := canon.Normal(n)
		if len([]rune(part)) >= 2 && len(part) >= 4 && strings.Contains(have, part) {
			if s := 0.6 * float64(len(part)) / float64(len(have)); s > score {
				score, usual = s, n
			}
		}
	}
	if score > 0 {
		score = max(score, 0.3)
	}
	return score, usual
}
