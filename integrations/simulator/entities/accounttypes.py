"""Account types with their sub types, as Intuit's account page lists them for all countries together."""

# Account type: (classification, the sub type that QuickBooks takes when only the type is given)
ACCOUNT_TYPES = {
    "Bank": ("Asset", "CashOnHand"),
    "Accounts Receivable": ("Asset", "AccountsReceivable"),
    "Other Current Asset": ("Asset", "EmployeeCashAdvances"),
    "Fixed Asset": ("Asset", "FurnitureAndFixtures"),
    "Other Asset": ("Asset", "Licenses"),
    "Accounts Payable": ("Liability", "AccountsPayable"),
    "Credit Card": ("Liability", "CreditCard"),
    "Other Current Liability": ("Liability", "OtherCurrentLiabilities"),
    "Long Term Liability": ("Liability", "NotesPayable"),
    "Equity": ("Equity", "OpeningBalanceEquity"),
    "Income": ("Revenue", "OtherPrimaryIncome"),
    "Cost of Goods Sold": ("Expense", "CostOfLaborCos"),
    "Expense": ("Expense", "Travel"),
    "Other Income": ("Revenue", "OtherInvestmentIncome"),
    "Other Expense": ("Expense", "Depreciation"),
}

SUB_TYPES = {
    account_type: frozenset(names.split())
    for account_type, names in {
        "Bank": """
            CashOnHand Checking MoneyMarket RentsHeldInTrust Savings TrustAccounts CashAndCashEquivalents
            OtherEarMarkedBankAccounts""",
        "Accounts Receivable": "AccountsReceivable",
        "Other Current Asset": """
            AllowanceForBadDebts DevelopmentCosts EmployeeCashAdvances OtherCurrentAssets Inventory
            Investment_MortgageRealEstateLoans Investment_Other Investment_TaxExemptSecurities
            Investment_USGovernmentObligations LoansToOfficers LoansToOthers LoansToStockholders PrepaidExpenses
            Retainage UndepositedFunds AssetsAvailableForSale BalWithGovtAuthorities CalledUpShareCapitalNotPaid
            ExpenditureAuthorisationsAndLettersOfCredit GlobalTaxDeferred GlobalTaxRefund InternalTransfers
            OtherConsumables ProvisionsCurrentAssets ShortTermInvestmentsInRelatedParties
            ShortTermLoansAndAdvancesToRelatedParties TradeAndOtherReceivables""",
        "Fixed Asset": """
            AccumulatedDepletion AccumulatedDepreciation AccumulatedAmortization DepletableAssets
            FixedAssetComputers FixedAssetCopiers FixedAssetFurniture FixedAssetPhone FixedAssetPhotoVideo
            FixedAssetSoftware FixedAssetOtherToolsEquipment FurnitureAndFixtures Land LeaseholdImprovements
            OtherFixedAssets Buildings IntangibleAssets MachineryAndEquipment Vehicles
            AssetsInCourseOfConstruction CapitalWip CumulativeDepreciationOnIntangibleAssets
            IntangibleAssetsUnderDevelopment LandAsset NonCurrentAssets ParticipatingInterests
            ProvisionsFixedAssets""",
        "Other Asset": """
            AccumulatedAmortizationOfOtherAssets Goodwill LeaseBuyout Licenses OrganizationalCosts
            OtherLongTermAssets SecurityDeposits AssetsHeldForSale AvailableForSaleFinancialAssets DeferredTax
            Investments LongTermInvestments LongTermLoansAndAdvancesToRelatedParties OtherIntangibleAssets
            OtherLongTermInvestments OtherLongTermLoansAndAdvances PrepaymentsAndAccruedIncome
            ProvisionsNonCurrentAssets""",
        "Accounts Payable": """
            AccountsPayable OutstandingDuesMicroSmallEnterprise OutstandingDuesOtherThanMicroSmallEnterprise""",
        "Credit Card": "CreditCard",
        "Other Current Liability": """
            DirectDepositPayable LineOfCredit LoanPayable GlobalTaxPayable GlobalTaxSuspense
            OtherCurrentLiabilities PayrollClearing PayrollTaxPayable PrepaidExpensesPayable
            RentsInTrustLiability TrustAccountsLiabilities FederalIncomeTaxPayable InsurancePayable
            SalesTaxPayable StateLocalIncomeTaxPayable AccruedLiabilities CurrentLiabilities
            CurrentPortionEmployeeBenefitsObligations CurrentPortionOfObligationsUnderFinanceLeases
            CurrentTaxLiability DividendsPayable DutiesAndTaxes InterestPayables
            ProvisionForWarrantyObligations ProvisionsCurrentLiabilities ShortTermBorrowings
            SocialSecurityAgencies StaffAndRelatedLiabilityAccounts SundryDebtorsAndCreditors
            TradeAndOtherPayables""",
        "Long Term Liability": """
            NotesPayable OtherLongTermLiabilities ShareholderNotesPayable AccrualsAndDeferredIncome
            AccruedLongLermLiabilities AccruedVacationPayable BankLoans DebtsRelatedToParticipatingInterests
            DeferredTaxLiabilities GovernmentAndOtherPublicAuthorities GroupAndAssociates
            LiabilitiesRelatedToAssetsHeldForSale LongTermBorrowings LongTermDebit
            LongTermEmployeeBenefitObligations ObligationsUnderFinanceLeases OtherLongTermProvisions
            ProvisionForLiabilities ProvisionsNonCurrentLiabilities
            StaffAndRelatedLongTermLiabilityAccounts""",
        "Equity": """
            AccumulatedAdjustment CommonStock EstimatedTaxes Healthcare OpeningBalanceEquity OwnersEquity
            PaidInCapitalOrSurplus PartnerContributions PartnerDistributions PartnersEquity PersonalExpense
            PersonalIncome PreferredStock RetainedEarnings TreasuryStock CalledUpShareCapital CapitalReserves
            DividendDisbursed EquityInEarningsOfSubsidiuaries Funds InvestmentGrants
            MoneyReceivedAgainstShareWarrants OtherFreeReserves ShareApplicationMoneyPendingAllotment
            ShareCapital""",
        "Income": """
            NonProfitIncome OtherPrimaryIncome SalesOfProductIncome ServiceFeeIncome DiscountsRefundsGiven
            UnappliedCashPaymentIncome CashReceiptIncome OperatingGrants OtherCurrentOperatingIncome
            OwnWorkCapitalized RevenueGeneral SalesRetail SalesWholesale SavingsByTaxScheme""",
        "Cost of Goods Sold": """
            EquipmentRentalCos OtherCostsOfServiceCos ShippingFreightDeliveryCos SuppliesMaterialsCogs
            CostOfLaborCos CostOfSales FreightAndDeliveryCost""",
        "Expense": """
            AdvertisingPromotional Auto BadDebts BankCharges CharitableContributions CommissionsAndFees
            CostOfLabor DuesSubscriptions Entertainment EntertainmentMeals EquipmentRental FinanceCosts
            GlobalTaxExpense Insurance InterestPaid LegalProfessionalFees OfficeExpenses
            OfficeGeneralAdministrativeExpenses OtherBusinessExpenses OtherMiscellaneousServiceCost
            PayrollExpenses PromotionalMeals RentOrLeaseOfBuildings RepairMaintenance ShippingFreightDelivery
            SuppliesMaterials TaxesPaid Travel TravelMeals UnappliedCashBillPaymentExpense Utilities
            AmortizationExpense AppropriationsToDepreciation BorrowingCost DistributionCosts ExternalServices
            ExtraordinaryCharges IncomeTaxExpense LossOnDiscontinuedOperationsNetOfTax ManagementCompensation
            OtherCurrentOperatingCharges OtherExternalServices OtherRentalCosts OtherSellingExpenses
            ProjectStudiesSurveysAssessments PurchasesRebates ShippingAndDeliveryExpense StaffCosts Sundry
            TravelExpensesGeneralAndAdminExpenses TravelExpensesSellingExpense""",
        "Other Income": """
            DividendIncome InterestEarned OtherInvestmentIncome OtherMiscellaneousIncome TaxExemptInterest
            GainLossOnSaleOfFixedAssets GainLossOnSaleOfInvestments LossOnDisposalOfAssets
            OtherOperatingIncome UnrealisedLossOnSecuritiesNetOfTax""",
        "Other Expense": """
            Amortization Depreciation ExchangeGainOrLoss OtherMiscellaneousExpense PenaltiesSettlements
            GasAndFuel HomeOffice HomeOwnerRentalInsurance OtherHomeOfficeExpenses MortgageInterest
            RentAndLease RepairsAndMaintenance ParkingAndTolls Vehicle VehicleInsurance VehicleLease
            VehicleLoan VehicleLoanInterest VehicleRegistration VehicleRepairs OtherVehicleExpenses Utilities
            WashAndRoadServices DeferredTaxExpense Depletion ExceptionalItems ExtraordinaryItems
            IncomeTaxOtherExpense MatCredit PriorPeriodItems TaxRoundoffGainOrLoss""",
    }.items()
}
