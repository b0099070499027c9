package sheet

import "strings"

// Kind is how a column is written.
type Kind byte

const (
	KInt   Kind = 'i' // whole number
	KText  Kind = 's' // text
	KDate  Kind = 'd' // date
	KTime  Kind = 't' // timestamp, seconds
	KMoney Kind = 'm' // DECIMAL(18,4), counted in ten-thousandths
	KRate  Kind = 'r' // DECIMAL(18,8), counted in hundred-millionths
	KFloat Kind = 'f' // double
	KBool  Kind = 'b' // boolean
)

// column is one column of a file.
type column struct {
	Name string
	Kind Kind
}

// Table is one file: its name and its columns in order.
type Table struct {
	Name  string
	Cols  []column
	Truth bool // below truth/, never read by the pipeline
}

// TableID numbers the files.
type TableID int

// The files, in the order they are opened.
const (
	TCustomer TableID = iota
	TContact
	TInterest
	TTitle
	TContributor
	TSubject
	TTitlePrice
	TCatalogue
	TCatalogueItem
	TOrder
	TLine
	TEvent
	TBatch
	TReturn
	TSupplier
	TPO
	TPOLine
	TSupInvoice
	TSupPayment
	TSnapshot
	TMove
	TPartner
	TPolicy
	TRebate
	TInvoice
	TInvoiceLine
	TPayment
	TAlloc
	TCampaign
	TCampaignCost
	TCampaignTarget
	TCampaignResponse
	TLead
	TOpp
	TOppHist
	TQuote
	TContract
	TActivity
	TMessage
	TSession
	TTicket
	TTicketEvent
	TSurvey
	TEmployee
	TUnit
	TTarget
	TCommission
	TExpense
	TFX
	TCalendar
	TGeo
	TPlan
	TTruthCustomer
	TTruthTaste
	TTruthCampaign
	TTruthSupplier
	TTruthEvent
	TTruthDuplicate
	TTruthDirty
	TableCount
)

// spec reads "name:kind name:kind …".
func spec(name, cols string) Table {
	t := Table{Name: name, Truth: strings.HasPrefix(name, "truth_")}
	for _, f := range strings.Fields(cols) {
		n, k, _ := strings.Cut(f, ":")
		t.Cols = append(t.Cols, column{n, Kind(k[0])})
	}
	return t
}

// Tables are all files. Column names are the canonical ones (etl/canon), so
// that the configuration can map every column onto itself.
func Tables() []Table {
	return []Table{
		TCustomer:         spec("customer", "customer_id:i customer_no:s name:s name_en:s customer_type:s subtype:s parent_customer_id:i industry:s region_code:s country:s city:s postcode:s channel_id:i owner_employee_id:i first_contact_date:d first_contact_source:s created_date:d status:s merged_into:i credit_limit:m credit_days:i price_policy_id:i annual_book_budget:m budget_fy_start_month:i pref_language:s pref_contact_channel:s pref_contact_frequency:s consent_marketing:b vat_no:s source_system:s source_id:s updated_at:t"),
		TContact:          spec("customer_contact", "contact_id:i customer_id:i name:s role:s dept:s phone:s email:s is_primary:b valid_from:d valid_to:d"),
		TInterest:         spec("customer_clc_interest", "customer_id:i clc_code:s weight:f declared_or_observed:s updated:d"),
		TTitle:            spec("title", "title_id:i isbn13:s isbn10:s ean:s title:s title_zh:s work_id:i edition:s volume:s series_id:i publisher_id:i pub_date:d pub_status:s language:s country:s binding:s pages:i weight_g:f list_price:m list_ccy:s level:s clc_primary:s catalogue_code:s is_textbook:b first_listed:d not_sold_in:s"),
		TContributor:      spec("title_contributor", "title_id:i seq:i role:s name:s"),
		TSubject:          spec("title_subject", "title_id:i scheme:s code:s is_primary:b"),
		TTitlePrice:       spec("title_price", "title_id:i ccy:s price:m valid_from:d valid_to:d"),
		TCatalogue:        spec("catalogue", "catalogue_id:i code:s issue:s issue_date:d medium:s copies_sent:i"),
		TCatalogueItem:    spec("catalogue_item", "catalogue_id:i title_id:i page:i position:i price_cny_quoted:m deadline:d"),
		TOrder:            spec("order_header", "order_id:i order_no:s customer_id:i contact_id:i order_date:t entry_channel:s salesperson_id:i contract_id:i campaign_id:i catalogue_id:i is_rush:b required_date:d ccy:s fx_quote:r ship_to_region:s status:s total:m"),
		TLine:             spec("order_line", "line_id:i order_id:i line_no:i title_id:i title_text:s qty_ordered:i qty_cancelled:i cancel_reason:s list_price:m list_ccy:s fx_rate:r discount_pct:m unit_price:m is_textbook:b term:s status:s"),
		TEvent:            spec("order_line_stage_event", "line_id:i stage:s event_ts:t qty:i batch_id:i promised_date:d"),
		TBatch:            spec("batch", "batch_id:i batch_type:s supplier_id:i open_ts:t close_ts:t carrier:s mode:s freight_cny:m duty_cny:m weight_kg:f"),
		TReturn:           spec("return_line", "return_id:i line_id:i customer_id:i title_id:i return_date:d qty:i value_cny:m reason:s disposition:s"),
		TSupplier:         spec("supplier", "supplier_id:i name:s type:s country:s ccy:s discount_std:m lead_days_quoted:i payment_days:i min_order:m isbn_prefixes:s status:s"),
		TPO:               spec("purchase_order", "po_id:i supplier_id:i po_date:d batch_id:i ccy:s status:s"),
		TPOLine:           spec("purchase_line", "po_id:i order_line_id:i title_id:i qty:i unit_cost_fcy:m qty_received:i qty_short:i qty_damaged:i due_date:d first_received:d last_received:d supplier_report_code:s"),
		TSupInvoice:       spec("supplier_invoice", "inv_id:i supplier_id:i inv_date:d due_date:d amount_fcy:m ccy:s po_id:i"),
		TSupPayment:       spec("supplier_payment", "pay_id:i inv_id:i pay_date:d amount_fcy:m fx_settle:r"),
		TSnapshot:         spec("inventory_snapshot", "snap_date:d warehouse:s title_id:i qty_on_hand:i qty_reserved:i qty_on_order:i cost_cny:m"),
		TMove:             spec("inventory_move", "move_id:i ts:t title_id:i from_loc:s to_loc:s qty:i unit_cost:m ref:s"),
		TPartner:          spec("channel_partner", "channel_id:i customer_id:i name:s kind:s level:i parent_partner_id:i territory:s cert_level:s cert_until:d credit_limit:m credit_days:i deposit:m"),
		TPolicy:           spec("price_policy", "policy_id:i partner_id:i partner_type:s clc_scope:s publisher_id:i discount_pct:m min_qty:i valid_from:d valid_to:d"),
		TRebate:           spec("rebate_agreement", "agreement_id:i partner_id:i base:s tiers:s accrual:m valid_from:d valid_to:d"),
		TInvoice:          spec("invoice", "invoice_id:i customer_id:i inv_date:d due_date:d ccy:s total:m tax:m status:s"),
		TInvoiceLine:      spec("invoice_line", "invoice_id:i line_id:i qty:i amount:m tax:m"),
		TPayment:          spec("payment", "payment_id:i customer_id:i pay_date:d amount:m ccy:s method:s"),
		TAlloc:            spec("payment_alloc", "payment_id:i invoice_id:i amount:m"),
		TCampaign:         spec("campaign", "campaign_id:i name:s type:s parent_campaign_id:i place:s medium:s plan_start:d plan_end:d act_start:d act_end:d owner_employee_id:i budget:m objective:s predicted_effect:s"),
		TCampaignCost:     spec("campaign_cost", "campaign_id:i date:d kind:s amount:m"),
		TCampaignTarget:   spec("campaign_target", "campaign_id:i customer_id:i contact_id:i arm:s sent_ts:t cost:m"),
		TCampaignResponse: spec("campaign_response", "campaign_id:i customer_id:i contact_id:i type:s ts:t value:m"),
		TLead:             spec("lead", "lead_id:i lead_source:s campaign_id:i name:s organisation:s region_code:s created_date:d first_touch_ts:t status:s score_manual:f converted_customer_id:i lost_reason:s"),
		TOpp:              spec("opportunity", "opp_id:i customer_id:i lead_id:i owner_employee_id:i created_date:d amount:m probability:m stage:s expected_close:d closed_date:d won:b lost_reason:s competitor:s"),
		TOppHist:          spec("opp_stage_hist", "opp_id:i stage:s ts:t"),
		TQuote:            spec("quote", "quote_id:i customer_id:i title_id:i price:m ccy:s valid_from:d valid_to:d employee_id:i"),
		TContract:         spec("contract", "contract_id:i customer_id:i start_date:d end_date:d value:m"),
		TActivity:         spec("activity", "activity_id:i customer_id:i contact_id:i employee_id:i type:s start_ts:t minutes:i km:f purpose:s result:s opp_id:i next_step_date:d"),
		TMessage:          spec("message", "msg_id:i dir:s ts:t customer_id:i contact_id:i employee_id:i subject:s replied_ts:t"),
		TSession:          spec("web_session", "visitor_id:s start_ts:t pages:i referrer:s matched_contact_id:i"),
		TTicket:           spec("ticket", "ticket_id:i customer_id:i contact_id:i channel:s opened_ts:t type:s severity:s line_id:i first_response_ts:t resolved_ts:t reopened:i transfers:i minutes_spent:i owner_employee_id:i dept:s root_cause:s is_complaint:b"),
		TTicketEvent:      spec("ticket_event", "ticket_id:i ts:t kind:s from_dept:s to_dept:s"),
		TSurvey:           spec("survey_response", "survey_id:i customer_id:i ticket_id:i date:d question:s score:i text:s"),
		TEmployee:         spec("employee", "employee_id:i name:s dept:s manager_id:i hire_date:d leave_date:d territory:s"),
		TUnit:             spec("org_unit", "unit_id:i name:s kind:s parent_unit_id:i manager_id:i"),
		TTarget:           spec("target", "scope:s scope_id:s period:s metric:s value:m"),
		TCommission:       spec("commission", "employee_id:i period:s base:m rate:m amount:m"),
		TExpense:          spec("expense", "employee_id:i customer_id:i date:d kind:s amount:m"),
		TFX:               spec("fx_rate", "rate_date:d ccy:s rate:r kind:s"),
		TCalendar:         spec("calendar_event", "date:d kind:s name:s"),
		TGeo:              spec("geo", "region_code:s name:s level:s parent:s country:s"),
		TPlan:             spec("plan", "year:i month:i dimension:s member:s measure:s value:m"),
		TTruthCustomer:    spec("truth_customer", "customer_id:i slot:i customer_type:s segment:s rate_per_year:f created_date:d onset_date:d death_date:d cause:s mode:s service_hazard_months:i elasticity:f attends_fair:b sleep_from:d sleep_to:d drift_date:d plant:s budget_ratio:f"),
		TTruthTaste:       spec("truth_taste", "customer_id:i rank:i clc_code:s weight:f valid_from:d"),
		TTruthCampaign:    spec("truth_campaign", "campaign_id:i code:s effect:s size:f arm_note:s"),
		TTruthSupplier:    spec("truth_supplier", "supplier_id:i code:s effect:s size:f valid_from:d"),
		TTruthEvent:       spec("truth_events", "code:s subject:s id:i from:d to:d size:f note:s"),
		TTruthDuplicate:   spec("truth_duplicate", "customer_id:i duplicate_id:i kind:s merged:b"),
		TTruthDirty:       spec("truth_dirty", "file:s key:s kind:s note:s"),
	}
}
