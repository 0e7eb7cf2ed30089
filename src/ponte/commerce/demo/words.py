"""The demo's catalogue."""

# sku, name, category, price, cost, who buys it ("both", "company", "person"), days until it is needed again or serviced
PRODUCTS = (
    ("SA-250", "Café Serra Azul clássico 250 g", "Cafés > Pacotes", "32.90", "14.10", "person", 30),
    ("SA-500", "Café Serra Azul clássico 500 g", "Cafés > Pacotes", "58.90", "26.30", "person", 45),
    ("BB-250", "Microlote Bourbon Amarelo 250 g", "Cafés > Microlotes", "49.90", "22.80", "person", 30),
    ("CG-250", "Microlote Catuaí fermentado 250 g", "Cafés > Microlotes", "64.90", "31.50", "person", 30),
    ("GE-100", "Geisha edição limitada 100 g", "Cafés > Microlotes", "89.00", "46.20", "person", None),
    ("DE-250", "Descafeinado natural 250 g", "Cafés > Pacotes", "38.90", "18.40", "person", 40),
    ("CP-10", "Cápsulas compatíveis, caixa com 10", "Cafés > Cápsulas", "24.90", "11.20", "person", 20),
    ("ES-1K", "Blend Espresso 1 kg", "Cafés > Atacado", "86.00", "52.00", "company", 15),
    ("ES-5K", "Blend Espresso 5 kg", "Cafés > Atacado", "405.00", "256.00", "company", 21),
    ("CO-5K", "Coado Casa 5 kg", "Cafés > Atacado", "372.00", "231.00", "company", 21),
    ("DR-1K", "Drip Hotelaria 1 kg", "Cafés > Atacado", "79.00", "47.50", "company", 30),
    ("CB-20", "Cold brew concentrado 2 L", "Bebidas", "68.00", "29.40", "company", 14),
    ("PF-600", "Prensa francesa 600 ml", "Acessórios", "149.90", "78.00", "person", None),
    ("V60-02", "Coador V60 de cerâmica", "Acessórios", "119.90", "61.00", "person", None),
    ("FL-100", "Filtros de papel, 100 unidades", "Acessórios", "29.90", "11.70", "both", 60),
    ("MO-M", "Moedor manual", "Acessórios", "289.00", "168.00", "person", None),
    ("BA-01", "Balança com cronômetro", "Acessórios", "199.00", "112.00", "both", None),
    ("MO-P", "Moinho profissional", "Equipamentos", "5890.00", "4120.00", "company", 180),
    ("MQ-2G", "Máquina de espresso, dois grupos", "Equipamentos", "24900.00", "18300.00", "company", 180),
    ("MN-01", "Manutenção preventiva", "Serviços", "690.00", "240.00", "company", 180),
    ("TR-BA", "Treinamento de barista, 8 horas", "Serviços", "1450.00", "480.00", "company", None),
    ("CL-01", "Clube do café, assinatura mensal", "Assinaturas", "74.90", "33.00", "person", 30),
)
